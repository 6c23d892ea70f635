import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.support.fixed_shift import FixedShift
from tests.support.model_table import NAMES, SPECS, matrix

from gosales.core.digests import digest_text
from gosales.core.errors import DataError, IntegrityError, InternalError
from gosales.models.bundle import read_bundle, verify_bundle, write_bundle
from gosales.models.calibrators.beta import Beta
from gosales.models.calibrators.isotonic import Isotonic
from gosales.models.estimators.lgbm import Lgbm
from gosales.models.estimators.logreg import LogReg
from gosales.models.fitted_model import FittedModel

META = {
    "target": "printers",
    "membership": [{"division_key": "hardware", "sku_key": "fdm"}],
    "cutoff": "2024-12-31",
    "horizon": {"months": 6, "buffer_days": 0},
    "measure": "gp",
    "digests": {"data": "abc"},
}
PLUGIN = ["tests"]


def model(estimator, calibrator):
    X, y = matrix(400)
    shift = FixedShift(NAMES[0], 0.1 + 0.2)
    fitted = estimator.fit(shift.apply(X), y, None, SPECS, 1)
    calibrated = calibrator.fit(fitted.predict(X), y, None)
    return FittedModel(SPECS, (shift,), fitted, calibrated), X


@pytest.fixture
def logreg():
    return model(LogReg(), Beta())[0]


@pytest.mark.parametrize("parts", [(Lgbm(), Isotonic()), (LogReg(), Beta())])
def test_a_reloaded_model_predicts_the_same_bits(tmp_path, parts):
    original, X = model(*parts)
    digest = write_bundle(original, tmp_path / "b", META)
    again, meta = read_bundle(tmp_path / "b", digest=digest, plugins=PLUGIN)
    assert original.predict(X).tobytes() == again.predict(X).tobytes()
    assert meta == META
    assert again.specs == SPECS
    assert again.transforms == original.transforms


def test_the_same_model_gives_the_same_bundle(tmp_path, logreg):
    digests = {write_bundle(logreg, tmp_path / name, META) for name in "ab"}
    assert len(digests) == 1
    assert verify_bundle(tmp_path / "a") in digests


def test_trees_are_a_text_file_and_nothing_is_pickled(tmp_path):
    write_bundle(model(Lgbm(), Beta())[0], tmp_path / "b", META)
    names = {p.name for p in (tmp_path / "b").iterdir()}
    assert names == {
        "model.json", "lightgbm.txt", "calibrator.json", "transforms.json",
        "feature_specs.json", "meta.json", "manifest.json",
    }  # fmt: skip
    assert (tmp_path / "b" / "lightgbm.txt").read_text().startswith("tree\n")
    assert "lightgbm" not in json.loads((tmp_path / "b" / "model.json").read_text())["estimator"]


@pytest.mark.parametrize("name", ["model", "calibrator", "transforms", "feature_specs", "meta"])
def test_a_changed_file_is_named(tmp_path, logreg, name):
    write_bundle(logreg, tmp_path / "b", META)
    file = tmp_path / "b" / f"{name}.json"
    file.write_text(file.read_text() + " ")
    with pytest.raises(IntegrityError, match=rf"changed {name}\.json"):
        read_bundle(tmp_path / "b", plugins=PLUGIN)


def test_missing_and_added_files_are_named_together(tmp_path, logreg):
    write_bundle(logreg, tmp_path / "b", META)
    (tmp_path / "b" / "meta.json").unlink()
    (tmp_path / "b" / "evil.pkl").write_bytes(b"x")
    with pytest.raises(IntegrityError, match=r"missing meta\.json, unlisted evil\.pkl"):
        read_bundle(tmp_path / "b", plugins=PLUGIN)


def test_a_forged_manifest_fails_against_the_recorded_digest(tmp_path, logreg):
    folder = tmp_path / "b"
    digest = write_bundle(logreg, folder, META)
    forged = (folder / "meta.json").read_text().replace("printers", "scanners")
    (folder / "meta.json").write_text(forged)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"]["meta.json"] = digest_text(forged)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert read_bundle(folder, plugins=PLUGIN)[1]["target"] == "scanners"
    with pytest.raises(IntegrityError, match="manifest digest"):
        read_bundle(folder, digest=digest, plugins=PLUGIN)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"files": {}, "format": 99}'])
def test_an_unreadable_manifest_is_refused(tmp_path, logreg, text):
    write_bundle(logreg, tmp_path / "b", META)
    (tmp_path / "b" / "manifest.json").write_text(text)
    with pytest.raises(IntegrityError, match=r"unreadable manifest|format 99"):
        read_bundle(tmp_path / "b", plugins=PLUGIN)


def test_a_folder_without_manifest_is_refused(tmp_path):
    with pytest.raises(IntegrityError, match=r"no manifest\.json"):
        read_bundle(tmp_path)


def rewritten(folder, path):
    """The bundle with another class path and all digests made to fit."""
    text = json.dumps([{"class": path, "state": {}}])
    (folder / "transforms.json").write_text(text)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"]["transforms.json"] = digest_text(text)
    (folder / "manifest.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize(
    "path",
    [
        "os.system",
        "subprocess.Popen",
        "tests.support.fixed_shift.FixedShift",
        "gosales.models.bundle.Path",
        "gosales.models.calibrators.platt.LogisticMap",
        "gosales.models.bundle.read_bundle",
        "gosales.no_such_module.Thing",
        "gosales.core.errors.DataError",
        "FixedShift",
        "",
    ],
)
def test_only_parts_of_trusted_packages_are_loaded(tmp_path, logreg, path):
    write_bundle(logreg, tmp_path / "b", META)
    rewritten(tmp_path / "b", path)
    with pytest.raises(IntegrityError, match="class that may not be loaded"):
        read_bundle(tmp_path / "b")


def test_a_class_that_cannot_be_found_again_is_refused_when_written(tmp_path, logreg):
    class Local(FixedShift):
        pass

    bad = FittedModel(SPECS, (Local(NAMES[0], 1.0),), logreg.estimator, logreg.calibrator)
    with pytest.raises(InternalError, match="cannot be stored"):
        write_bundle(bad, tmp_path / "b", META)
    assert list(tmp_path.iterdir()) == []


def test_incomplete_meta_data_is_refused(tmp_path, logreg):
    with pytest.raises(InternalError, match=r"without \['measure', 'digests'\]"):
        write_bundle(
            logreg, tmp_path / "b", {k: META[k] for k in META if k not in ("measure", "digests")}
        )


def test_nothing_half_written_stays_behind(tmp_path, logreg, monkeypatch):
    write_bundle(logreg, tmp_path / "b", META)
    before = verify_bundle(tmp_path / "b")

    def full(self, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with pytest.raises(DataError, match="No space left on device") as caught:
        write_bundle(logreg, tmp_path / "b", {**META, "measure": "quantity"})
    assert caught.value.reason_code == "unwritable"
    assert verify_bundle(tmp_path / "b") == before
    assert [p.name for p in tmp_path.iterdir()] == ["b"]


def test_an_older_bundle_comes_back_when_the_new_one_cannot_take_its_place(
    tmp_path, logreg, monkeypatch
):
    write_bundle(logreg, tmp_path / "b", META)
    before = verify_bundle(tmp_path / "b")
    move = Path.replace

    def refuse(self, target):
        if self.name.startswith(".b-") and not self.name.endswith(".old"):
            raise OSError(13, "Permission denied")
        return move(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(DataError, match="Permission denied"):
        write_bundle(logreg, tmp_path / "b", {**META, "measure": "quantity"})
    assert verify_bundle(tmp_path / "b") == before
    assert [p.name for p in tmp_path.iterdir()] == ["b"]


def test_an_older_bundle_is_replaced_whole(tmp_path, logreg):
    write_bundle(model(Lgbm(), Beta())[0], tmp_path / "b", META)
    write_bundle(logreg, tmp_path / "b", {**META, "measure": "quantity"})
    again, meta = read_bundle(tmp_path / "b", plugins=PLUGIN)
    assert meta["measure"] == "quantity"
    assert again.estimator == logreg.estimator
    assert [p.name for p in tmp_path.iterdir()] == ["b"]


def test_raw_columns_pass_transforms_estimator_and_calibrator_in_order(logreg):
    X = pd.DataFrame({n: np.ones(3) for n in NAMES})
    by_hand = logreg.calibrator.predict(logreg.estimator.predict(logreg.transforms[0].apply(X)))
    assert logreg.predict(X).tolist() == by_hand.tolist()
