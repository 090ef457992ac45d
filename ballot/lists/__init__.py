"""Lists in and out: workbooks and CSV files that are read within limits, shown, and only then taken over; and exports.

Here live the reading, the preview and the writing of lists. Never here: a file that anything opened before it was
looked at (archive.py), or a row that is written before somebody said yes to what they saw (staging.py).
"""
