import csv
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from coastwatch.score import score
from tests.shared import SHARED, needs_shared

pytestmark = [pytest.mark.shared, needs_shared]
SCENARIOS = ["scenario02", "scenario03", "scenario05", "scenario13", "scenario16"]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_real_truth_scores_perfectly_against_itself_and_worse_when_moved(tmp_path, scenario):
    truth = SHARED / "autoferry" / f"{scenario}.truth.csv"
    with truth.open(newline="") as file:
        rows = list(csv.DictReader(file))
    moments = [datetime.fromtimestamp(float(r["time"]), UTC) for r in rows]

    def tracks(north_deg):
        columns = {
            "time": pa.array(moments, pa.timestamp("ns", tz="UTC")),
            "track": [int(r["target"]) + 40 for r in rows],
            "lon": [float(r["lon"]) for r in rows],
            "lat": [float(r["lat"]) + north_deg for r in rows],
            "status": ["confirmed"] * len(rows),
        }
        path = tmp_path / "tracks.parquet"
        pq.write_table(pa.table(columns), path)
        return path

    same = score(truth, tracks(0.0), gate_m=20.0)
    assert same["completeness"] == 1.0 and same["gospa_m"] < 0.01
    assert same["identity_switches"] == same["false_tracks"] == 0
    moved = score(truth, tracks(5.0 / 111_450), gate_m=20.0)  # 5 m north at 63.4 degrees
    assert moved["position_rmse_m"] == pytest.approx(5.0, abs=0.3)
    away = score(truth, tracks(0.01), gate_m=20.0)
    assert away["completeness"] == 0.0 and away["spuriousness"] == 1.0
