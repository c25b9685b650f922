"""From what a learning-management system hands out to nbgrader's folder of submissions."""
