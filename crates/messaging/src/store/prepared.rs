//! Statements that a connection prepares once.

use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
};

/// A statement whose text does not depend on its values: a connection keeps it prepared.
///
/// Diesel takes no UPDATE and no ON CONFLICT DO UPDATE for such a one, and has each of them parsed and planned anew at
/// every call, which takes a round trip of its own and often longer than the work. It is kept by its text, so wrapping
/// one whose text does change is wasteful and not wrong.
#[derive(Debug, Clone, Copy)]
pub struct Prepared<T>(pub T);

impl<T: QueryFragment<Pg>> QueryFragment<Pg> for Prepared<T> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.0.walk_ast(pass)
    }

    fn is_safe_to_cache_prepared(&self, _: &Pg) -> QueryResult<bool> {
        Ok(true)
    }
}

impl<T> QueryId for Prepared<T> {
    type QueryId = ();
    // Known by its text alone.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<T: Query> Query for Prepared<T> {
    type SqlType = T::SqlType;
}
