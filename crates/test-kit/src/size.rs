/// How large a test is: its ordinary size, or its full one where `CANDLEWICK_FULL_SIZE` is set.
///
/// For tests whose bar is larger than every run can afford. Either size checks the same.
pub fn sized<T>(ordinary: T, full: T) -> T {
    if std::env::var_os("CANDLEWICK_FULL_SIZE").is_some_and(|value| !value.is_empty()) {
        full
    } else {
        ordinary
    }
}
