"""The commands by which figures get in: import, audit, workbook, tally, rollup."""
