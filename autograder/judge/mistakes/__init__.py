"""What learners really get wrong, one module a unit: edits of the model answers.

The text of a mistake completes "Your numbers are those that come when …", is true whatever the code
looks like, and may go on with what would be right. A cause that numbers cannot show is put as "if".
Wrong on purpose; the check, the feedback, the demo class and the bug hunt are made from it.
"""
