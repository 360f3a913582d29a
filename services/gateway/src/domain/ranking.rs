//! Pages of users in the order of a figure that another service than the accounts' knows.

use std::cmp::Ordering;

use domain::UserId;
use rust_decimal::Decimal;

/// A user and the figure; none where it is not known.
pub type Ranked = (Option<Decimal>, UserId);

/// Which part of an order is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// The largest first.
    pub is_descending: bool,
    /// Behind this place.
    pub after: Option<Ranked>,
    /// So many users.
    pub limit: usize,
}

/// The users of a page, and the place behind which the next one begins. Those without a figure come last, whichever way.
pub fn page(mut users: Vec<Ranked>, wanted: Wanted) -> (Vec<UserId>, Option<Ranked>) {
    let order = |left: &Ranked, right: &Ranked| compare(*left, *right, wanted.is_descending);
    users.retain(|user| {
        wanted
            .after
            .is_none_or(|after| order(user, &after) == Ordering::Greater)
    });
    users.sort_unstable_by(order);
    let has_more = users.len() > wanted.limit;
    users.truncate(wanted.limit);
    let next = users.last().copied().filter(|_| has_more);
    (users.into_iter().map(|(_, id)| id).collect(), next)
}

fn compare(left: Ranked, right: Ranked, is_descending: bool) -> Ordering {
    let known = right.0.is_some().cmp(&left.0.is_some());
    let figures = (left.0, left.1.uuid()).cmp(&(right.0, right.1.uuid()));
    known.then(if is_descending { figures.reverse() } else { figures })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn user(number: u128) -> UserId {
        uuid::Uuid::from_u128(number).into()
    }

    fn all(users: &[Ranked], is_descending: bool, limit: usize) -> Vec<UserId> {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let (ids, next) = page(
                users.to_vec(),
                Wanted {
                    is_descending,
                    after,
                    limit,
                },
            );
            found.extend(ids);
            match next {
                Some(place) => after = Some(place),
                None => return found,
            }
        }
    }

    #[test]
    fn users_without_a_figure_come_last_whichever_way() {
        let users = [
            (None, user(1)),
            (Some(Decimal::from(5)), user(2)),
            (Some(Decimal::from(-7)), user(3)),
            (Some(Decimal::from(5)), user(4)),
        ];
        assert_eq!(all(&users, true, 10), [user(4), user(2), user(3), user(1)]);
        assert_eq!(all(&users, false, 10), [user(3), user(2), user(4), user(1)]);
    }

    proptest! {
        #[test]
        fn pages_of_any_size_make_up_the_whole_order(
            figures in proptest::collection::vec(proptest::option::of(-3_i64..3), 0..40),
            is_descending: bool,
            limit in 1_usize..9,
        ) {
            let numbered = figures.iter().zip(1_u128..);
            let users: Vec<Ranked> = numbered.map(|(figure, id)| (figure.map(Decimal::from), user(id))).collect();
            let found = all(&users, is_descending, limit);
            prop_assert_eq!(found.len(), users.len());
            prop_assert_eq!(found, all(&users, is_descending, 1_000));
        }
    }
}
