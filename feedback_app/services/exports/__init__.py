"""Files going out: tables as CSV and XLSX."""
