//! Statements that take any number of rows at once, each column as one list: `… UNNEST($1, $2, …) …`.
//!
//! Such a statement is the same text for any number of rows, so it is prepared once for each connection and kept.

use std::marker::PhantomData;

use diesel::{
    IntoSql, QueryResult,
    expression::{AsExpression, TypedExpressionType},
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{Integer, SqlType},
};

/// The text around the lists of columns.
pub(super) trait Statement: Send + Sync + 'static {
    /// Up to the lists.
    const HEAD: &'static str;
    /// Behind the lists.
    const TAIL: &'static str;
}

/// A statement with its columns.
pub(super) struct Batch<'a, S> {
    columns: Vec<Box<dyn QueryFragment<Pg> + Send + 'a>>,
    statement: PhantomData<S>,
}

impl<'a, S: Statement> Batch<'a, S> {
    /// Without any column yet.
    pub fn new() -> Self {
        Self {
            columns: Vec::new(),
            statement: PhantomData,
        }
    }

    /// With one more column.
    pub fn column<T, V>(mut self, values: V) -> Self
    where
        T: SqlType + TypedExpressionType,
        V: AsExpression<T>,
        V::Expression: QueryFragment<Pg> + Send + 'a,
    {
        self.columns.push(Box::new(values.into_sql::<T>()));
        self
    }
}

impl<S: Statement> QueryFragment<Pg> for Batch<'_, S> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(S::HEAD);
        for (index, column) in self.columns.iter().enumerate() {
            if index > 0 {
                out.push_sql(", ");
            }
            column.walk_ast(out.reborrow())?;
        }
        out.push_sql(S::TAIL);
        Ok(())
    }
}

impl<S: Statement> QueryId for Batch<'_, S> {
    // A statement always has the same columns, so its name alone tells it from others.
    type QueryId = Batch<'static, S>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<S: Statement> Query for Batch<'_, S> {
    type SqlType = Integer;
}
