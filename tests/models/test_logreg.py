import numpy as np
import pytest
from tests.support.model_table import NAMES, SPECS, matrix

from gosales.core.errors import ConfigError, InternalError
from gosales.models.estimators.logreg import LogReg


def test_the_prediction_equals_the_formula():
    X, y = matrix(300)
    f = LogReg(signed_log=False).fit(X, y, None, SPECS, 1)
    z = f.intercept + ((X.to_numpy() - f.center) / f.scale) @ np.array(f.coefficients)
    assert np.allclose(f.predict(X), 1 / (1 + np.exp(-z)), atol=1e-12)


def test_it_agrees_with_scikit_learn():
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    X, y = matrix(300)
    rival = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, tol=1e-6)).fit(X, y)
    ours = LogReg(C=0.1, signed_log=False).fit(X, y, None, SPECS, 1)
    assert np.allclose(ours.predict(X), rival.predict_proba(X)[:, 1], atol=1e-6)


def test_the_scaler_knows_the_training_rows_only():
    X, y = matrix(300)
    f = LogReg(signed_log=False).fit(X.iloc[:200], y[:200], None, SPECS, 1)
    assert f.center[1] == pytest.approx(X[NAMES[1]].iloc[:200].mean())
    assert f.scale[1] == pytest.approx(X[NAMES[1]].iloc[:200].std(ddof=0))


def test_the_scaler_honours_weights():
    X, y = matrix(300)
    times = np.random.default_rng(0).integers(0, 4, 300)
    weighted = LogReg().fit(X, y, times.astype(float), SPECS, 1)
    repeated = LogReg().fit(X.loc[np.repeat(X.index, times)], np.repeat(y, times), None, SPECS, 1)
    assert weighted.center == pytest.approx(repeated.center)
    assert weighted.scale == pytest.approx(repeated.scale)
    assert weighted.coefficients == pytest.approx(repeated.coefficients, abs=1e-5)


def test_a_constant_column_gets_no_coefficient_even_where_it_varies_later():
    X, y = matrix(300)
    X[NAMES[3]] = 7.0
    f = LogReg().fit(X, y, None, SPECS, 1)
    assert f.coefficients[3] == 0.0
    assert f.predict(X).tobytes() == f.predict(X.assign(**{NAMES[3]: -1e9})).tobytes()


def test_the_signed_log_keeps_one_huge_order_from_ruling():
    X, y = matrix(600)
    f = LogReg(C=0.01).fit(X, y, None, SPECS, 1)
    huge = X.iloc[:5].assign(**{NAMES[1]: 1e9})
    plain = LogReg(C=0.01, signed_log=False).fit(X, y, None, SPECS, 1)
    assert np.abs(f.predict(huge) - f.predict(X.iloc[:5])).max() < 0.5
    assert np.abs(plain.predict(huge) - plain.predict(X.iloc[:5])).max() > 0.5


def test_a_solver_that_stops_early_is_marked():
    X, y = matrix(300)
    assert LogReg().fit(X, y, None, SPECS, 1).converged
    assert not LogReg(max_iter=1).fit(X, y, None, SPECS, 1).converged


def test_nulls_are_refused_with_the_remedy():
    X, y = matrix(300)
    X.iloc[0, 2] = np.nan
    with pytest.raises(InternalError, match=rf"{NAMES[2]}.*centralized_fill_enable=true"):
        LogReg().fit(X, y, None, SPECS, 1)


def test_missing_and_text_columns_are_named():
    X, y = matrix(300)
    f = LogReg().fit(X, y, None, SPECS, 1)
    with pytest.raises(InternalError, match=rf"missing \['{NAMES[0]}'\], not numeric"):
        f.predict(X.drop(columns=NAMES[0]).assign(**{NAMES[1]: "a"}))


@pytest.mark.parametrize("bad", [{"C": 0}, {"C": float("nan")}, {"max_iter": 0}])
def test_parameters_out_of_bounds_are_refused(bad):
    with pytest.raises(ConfigError, match="parameter of logreg"):
        LogReg(**bad)
