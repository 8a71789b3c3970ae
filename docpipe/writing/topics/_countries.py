"""Names of countries for the codes of ISO 3166 that studies are mostly run in. Imports nothing."""

from __future__ import annotations

_NAMES = {
    "USA": "the United States", "GBR": "the United Kingdom", "DEU": "Germany", "FRA": "France", "ITA": "Italy", "ESP": "Spain",
    "POL": "Poland", "CZE": "the Czech Republic", "HUN": "Hungary", "BEL": "Belgium", "NLD": "the Netherlands", "DNK": "Denmark",
    "SWE": "Sweden", "NOR": "Norway", "FIN": "Finland", "AUT": "Austria", "CHE": "Switzerland", "PRT": "Portugal", "GRC": "Greece",
    "IRL": "Ireland", "ROU": "Romania", "BGR": "Bulgaria", "SRB": "Serbia", "HRV": "Croatia", "UKR": "Ukraine", "RUS": "Russia",
    "TUR": "Turkey", "ISR": "Israel", "CAN": "Canada", "MEX": "Mexico", "BRA": "Brazil", "ARG": "Argentina", "CHL": "Chile",
    "COL": "Colombia", "PER": "Peru", "JPN": "Japan", "CHN": "China", "KOR": "South Korea", "TWN": "Taiwan", "HKG": "Hong Kong",
    "IND": "India", "THA": "Thailand", "MYS": "Malaysia", "SGP": "Singapore", "PHL": "the Philippines", "IDN": "Indonesia",
    "VNM": "Vietnam", "AUS": "Australia", "NZL": "New Zealand", "ZAF": "South Africa", "EGY": "Egypt", "SVK": "Slovakia",
    "SVN": "Slovenia", "EST": "Estonia", "LVA": "Latvia", "LTU": "Lithuania", "GEO": "Georgia",
}  # fmt: skip


def country(code: str) -> str:
    """A country's name in a sentence; the code itself where it is not known."""
    return _NAMES.get(code.strip().upper(), code.strip())
