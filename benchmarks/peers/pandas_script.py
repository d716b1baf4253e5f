"""The narrow question as a pandas script: `python pandas_script.py EXTRACTS CODES ANSWER`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd

YEAR = pd.Timedelta(days=365)


def read(extracts: Path, table: str, columns: list[str]) -> pd.DataFrame:
    """The columns of a table from all of its files, as text."""
    frames = [pd.read_parquet(path, columns=columns) for path in sorted(extracts.glob(f"{table}*.parquet"))]
    frames += [
        pd.read_csv(path, usecols=columns, dtype=str, engine="pyarrow")
        for path in sorted(extracts.glob(f"{table}*.csv"))
    ]
    return pd.concat(frames, ignore_index=True)


def in_year_before(rows: pd.DataFrame, implants: pd.DataFrame, day: str) -> pd.DataFrame:
    """The rows of members with an implant that lie in the year before it."""
    joined = rows.merge(implants, on="member_id")
    joined[day] = pd.to_datetime(joined[day])
    return joined[(joined[day] >= joined["anchor_date"] - YEAR) & (joined[day] < joined["anchor_date"])]


def main() -> None:
    """Answers the question."""
    extracts, codes_file, answer = map(Path, sys.argv[1:])
    codes = json.loads(codes_file.read_text(encoding="utf-8"))
    classes = {each["code"]: each["drug_class"] for each in codes["drug_classes"]}

    lines = read(extracts, "medical_claim", ["member_id", "claim_id", "hcpcs_code", "claim_line_start_date"])
    pain = read(extracts, "claim_diagnosis", ["claim_id", "diagnosis_code"])
    in_pain = pain.loc[pain["diagnosis_code"].isin(codes["pain"]), "claim_id"]
    opening = lines[lines["hcpcs_code"].isin(codes["implant"]) & lines["claim_id"].isin(in_pain)].copy()
    opening["anchor_date"] = pd.to_datetime(opening["claim_line_start_date"])
    implants = opening.groupby("member_id", as_index=False)["anchor_date"].min()

    exercise = in_year_before(lines[lines["hcpcs_code"].isin(codes["exercise"])], implants, "claim_line_start_date")
    dates = exercise.groupby("member_id")["claim_line_start_date"].nunique().rename("exercise_dates")

    fills = read(extracts, "pharmacy_claim", ["member_id", "dispensing_date", "ndc_code", "rxnorm_code"])
    crosswalk = read(extracts, "drug_crosswalk", ["from_code", "rxnorm_ingredient"])
    of_ndc = dict(zip(crosswalk["from_code"], crosswalk["rxnorm_ingredient"], strict=True))
    fills = fills[fills["member_id"].isin(implants["member_id"])].copy()
    fills["drug_class"] = fills["rxnorm_code"].fillna(fills["ndc_code"].map(of_ndc)).map(classes)
    drugs = in_year_before(fills.dropna(subset=["drug_class"]), implants, "dispensing_date")
    told = (
        drugs.groupby("member_id")["drug_class"].agg(lambda names: " ".join(sorted(set(names)))).rename("drug_classes")
    )

    found = implants.merge(dates, on="member_id", how="left").merge(told, on="member_id", how="left")
    found["exercise_dates"] = found["exercise_dates"].fillna(0).astype(int)
    found.fillna({"drug_classes": ""}).sort_values("member_id").to_csv(answer, index=False)


if __name__ == "__main__":
    main()
