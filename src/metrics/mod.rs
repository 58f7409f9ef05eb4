//! Numbers of a classifier on labelled cases. In: plain arrays (class indices, probabilities `[n, k]`, optional group
//! keys). Out: counts, scores, curves, tests and intervals, in shares of 1 (never per cent).
//!
//! Every definition is scikit-learn's (its name stands in the doc line), statsmodels' or a paper's; the tests pin them.
//! A quantity that does not exist for the given cases is an [`Undefined`] with its reason, never NaN and never a silent
//! zero. Nothing here reads a file, names a class in words of its own or knows a picture.

mod agreement;
mod baseline;
mod bootstrap;
mod calibration;
mod cautions;
mod classification_report;
mod comparison;
mod confusion;
mod curves;
mod delong;
mod estimates;
mod interval;
mod mcnemar;
mod one_vs_rest;
mod outcomes;
mod probability;
mod random;
mod statistics;
mod summary;
mod temperature;
mod undefined;

pub use agreement::{KappaWeights, accuracy, balanced_accuracy, cohen_kappa, matthews};
pub use baseline::{Baselines, baselines};
pub use bootstrap::{Bootstrap, DEFAULT_RESAMPLES, DEFAULT_SEED};
pub use calibration::{CalibrationBin, DEFAULT_BINS, calibration_curve, expected_calibration_error, top_label};
pub use cautions::{Caution, cautions};
pub use classification_report::{Averages, ClassRow, ClassificationReport, Score};
pub use comparison::{Agreement, Comparison, ComparisonOptions, Flip, MetricPair, Move, compare};
pub use confusion::ConfusionMatrix;
pub use curves::{Sweep, SweepPoint};
pub use delong::{Auc, AucDifference, auc_difference};
pub use estimates::{Estimate, Estimator};
pub use interval::{Interval, Method, Proportion, percentile, wilson};
pub use mcnemar::{McNemar, binomial_at_least, mcnemar};
pub use one_vs_rest::Counts;
pub use outcomes::{GroupFault, Grouped, MetricsError, Outcomes};
pub use probability::{brier, log_loss, softmax_rows};
pub use random::SplitMix64;
pub use statistics::{Prepared, Statistic};
pub use summary::{ClassSummary, Summary, SummaryOptions, summarize};
pub use temperature::{Temperature, fit_temperature};
pub use undefined::{Measured, Undefined};

/// Level of every interval.
pub const LEVEL: f64 = 0.95;
/// 97.5 % quantile of the standard normal distribution (`scipy.stats.norm.ppf(0.975)`).
pub const Z_95: f64 = 1.959_963_984_540_054;
