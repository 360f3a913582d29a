//! Statements that are under way together on one connection.

use diesel::result::Error as DieselError;

use crate::error::Error;

/// What a server says of a statement that came behind one that failed, as English servers word it.
const AFTERMATH: &str = "current transaction is aborted";

/// A failure that may be the consequence of another one.
pub trait Failed {
    /// Whether it says no more than that a statement before it had failed.
    fn is_aftermath(&self) -> bool;
}

impl Failed for DieselError {
    fn is_aftermath(&self) -> bool {
        matches!(self, Self::DatabaseError(_, info) if info.message().starts_with(AFTERMATH))
    }
}

impl Failed for Error {
    fn is_aftermath(&self) -> bool {
        matches!(self, Self::Database(error) if error.is_aftermath())
    }
}

/// Whether all of them succeeded; if not, the failure that is the cause, whichever of them it met.
pub fn all_of<E: Failed>(outcomes: impl IntoIterator<Item = Result<(), E>>) -> Result<(), E> {
    let mut failures: Vec<E> = outcomes.into_iter().filter_map(Result::err).collect();
    let cause = failures.iter().position(|failure| !failure.is_aftermath());
    if failures.is_empty() {
        return Ok(());
    }
    Err(failures.swap_remove(cause.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use diesel::result::DatabaseErrorKind;

    use super::*;

    fn failure(message: &str) -> Result<(), DieselError> {
        let message = Box::new(message.to_owned());
        Err(DieselError::DatabaseError(DatabaseErrorKind::Unknown, message))
    }

    #[test]
    fn the_cause_is_told_and_not_its_aftermath() {
        let aborted = || failure("current transaction is aborted, commands ignored until end of transaction block");
        let full = || failure("could not extend file");
        let told = |outcomes: Vec<Result<(), DieselError>>| all_of(outcomes).map_err(|error| error.to_string());
        assert_eq!(
            told(vec![aborted(), full(), aborted()]),
            Err("could not extend file".to_owned())
        );
        assert_eq!(told(vec![Ok(()), full()]), Err("could not extend file".to_owned()));
        assert!(told(vec![Ok(()), aborted()]).is_err());
        assert_eq!(told(vec![Ok(()), Ok(())]), Ok(()));
    }
}
