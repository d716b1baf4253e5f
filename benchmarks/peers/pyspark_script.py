"""The narrow question as a PySpark script, in local mode: `python pyspark_script.py EXTRACTS CODES ANSWER`."""

from __future__ import annotations

import csv
import json
import os
import sys
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f


def main() -> None:
    """Answers the question."""
    extracts, codes_file, answer = map(Path, sys.argv[1:])
    codes = json.loads(codes_file.read_text(encoding="utf-8"))
    spark = (
        SparkSession.builder.master(f"local[{os.cpu_count()}]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "8")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")

    def read(table: str) -> DataFrame:
        if list(extracts.glob(f"{table}*.parquet")):
            return spark.read.parquet(f"{extracts}/{table}*.parquet")
        return spark.read.csv(f"{extracts}/{table}*.csv", header=True)

    lines = read("medical_claim").select("member_id", "claim_id", "hcpcs_code", "claim_line_start_date")
    in_pain = read("claim_diagnosis").where(f.col("diagnosis_code").isin(codes["pain"])).select("claim_id").distinct()
    implants = (
        lines.where(f.col("hcpcs_code").isin(codes["implant"]))
        .join(in_pain, "claim_id")
        .groupBy("member_id")
        .agg(f.min(f.to_date("claim_line_start_date")).alias("anchor_date"))
        .cache()
    )

    def in_year_before(rows: DataFrame, day: str) -> DataFrame:
        near = f.to_date(day).between(f.date_sub("anchor_date", 365), f.date_sub("anchor_date", 1))
        return rows.join(f.broadcast(implants), "member_id").where(near)

    dates = (
        in_year_before(lines.where(f.col("hcpcs_code").isin(codes["exercise"])), "claim_line_start_date")
        .groupBy("member_id")
        .agg(f.countDistinct("claim_line_start_date").alias("exercise_dates"))
    )
    classes = spark.createDataFrame(
        [(each["code"], each["drug_class"]) for each in codes["drug_classes"]], ["code", "drug_class"]
    )
    crosswalk = read("drug_crosswalk").select(f.col("from_code").alias("ndc_code"), "rxnorm_ingredient")
    fills = (
        in_year_before(read("pharmacy_claim"), "dispensing_date")
        .join(f.broadcast(crosswalk), "ndc_code", "left")
        .withColumn("code", f.coalesce("rxnorm_code", "rxnorm_ingredient"))
        .join(f.broadcast(classes), "code")
        .groupBy("member_id")
        .agg(f.array_join(f.array_sort(f.collect_set("drug_class")), " ").alias("drug_classes"))
    )
    found = implants.join(dates, "member_id", "left").join(fills, "member_id", "left").orderBy("member_id").collect()
    with answer.open("w", encoding="utf-8", newline="") as written:
        writer = csv.writer(written, lineterminator="\n")
        writer.writerow(("member_id", "anchor_date", "exercise_dates", "drug_classes"))
        for row in found:
            writer.writerow((row.member_id, row.anchor_date, row.exercise_dates or 0, row.drug_classes or ""))


if __name__ == "__main__":
    main()
