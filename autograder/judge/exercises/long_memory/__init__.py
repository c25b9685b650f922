"""Unit 10: the adding problem, judged by what a batch is; bits a character; the best unit."""
