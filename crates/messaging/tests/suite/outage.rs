//! A broker of the test's own, stopped and started.
