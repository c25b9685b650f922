"""What the instructor runs: release the notebooks, grade what comes back, keep the marks."""
