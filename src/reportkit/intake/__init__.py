"""How figures get in: published reports, the Excel form, ledgers of requests, the reports of the bodies below."""
