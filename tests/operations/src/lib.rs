//! What operators get beside the program: Compose, Kubernetes, Prometheus, Grafana, images, the handbook. The tests of
//! this package hold them to the rules and to the running platform.

mod files;
mod policy;
mod prometheus;
mod promql;
mod tools;

pub use files::{dashboards, read, root, rule_files, rules, yaml, yaml_documents};
pub use policy::{Complaints, image_is_pinned};
pub use prometheus::{Prometheus, Sample};
pub use promql::{concrete, metric_names};
pub use tools::{kubectl, promtool, python, python_with};
