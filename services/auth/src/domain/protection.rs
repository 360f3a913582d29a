use contracts::Role;
use domain::UserId;

/// What an administrator wants to do to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdminAct {
    /// Shut or open it.
    SetActive(bool),
    /// Give it another role.
    SetRole(Role),
    /// Remove it.
    Delete,
}

/// The accounts that an act concerns, as they are now, under lock.
#[derive(Debug, Clone, Copy)]
pub struct Concerned<'a> {
    /// Who acts.
    pub actor: UserId,
    /// On whom.
    pub target: UserId,
    /// Every administrator who may sign in.
    pub active_admins: &'a [UserId],
}

/// Why an act is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Protected {
    /// The actor is no administrator any more.
    #[error("only an administrator may do this")]
    NotAdmin,
    /// The actor would shut themself out.
    #[error("you cannot disable, demote or delete yourself; ask another administrator")]
    Yourself,
    /// Nobody would be left.
    #[error("this is the last administrator; make another one first")]
    LastAdmin,
}

/// Decides whether an act may happen.
pub fn check(act: AdminAct, who: Concerned<'_>) -> Result<(), Protected> {
    if !who.active_admins.contains(&who.actor) {
        return Err(Protected::NotAdmin);
    }
    let takes_away = matches!(
        act,
        AdminAct::SetActive(false) | AdminAct::SetRole(Role::User) | AdminAct::Delete
    );
    if !takes_away {
        return Ok(());
    }
    if who.actor == who.target {
        return Err(Protected::Yourself);
    }
    check_last(who.target, who.active_admins)
}

/// Decides whether an account may go, whoever wants it to.
pub fn check_last(target: UserId, active_admins: &[UserId]) -> Result<(), Protected> {
    if active_admins == [target] {
        Err(Protected::LastAdmin)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAKING: [AdminAct; 3] = [
        AdminAct::SetActive(false),
        AdminAct::SetRole(Role::User),
        AdminAct::Delete,
    ];

    #[test]
    fn nobody_shuts_themself_out() {
        let (ana, eve) = (UserId::new(), UserId::new());
        for act in TAKING {
            let who = Concerned {
                actor: ana,
                target: ana,
                active_admins: &[ana, eve],
            };
            assert_eq!(check(act, who), Err(Protected::Yourself), "{act:?}");
        }
        let who = Concerned {
            actor: ana,
            target: ana,
            active_admins: &[ana],
        };
        assert_eq!(check(AdminAct::SetRole(Role::Admin), who), Ok(()));
    }

    #[test]
    fn somebody_who_is_no_admin_any_more_does_nothing() {
        let (ana, eve) = (UserId::new(), UserId::new());
        for act in TAKING
            .into_iter()
            .chain([AdminAct::SetActive(true), AdminAct::SetRole(Role::Admin)])
        {
            let who = Concerned {
                actor: ana,
                target: eve,
                active_admins: &[eve],
            };
            assert_eq!(check(act, who), Err(Protected::NotAdmin), "{act:?}");
        }
    }

    #[test]
    fn the_last_admin_stays() {
        let (ana, eve) = (UserId::new(), UserId::new());
        assert_eq!(check_last(ana, &[ana]), Err(Protected::LastAdmin));
        assert_eq!(check_last(ana, &[ana, eve]), Ok(()));
        assert_eq!(check_last(eve, &[ana]), Ok(()));
        for act in TAKING {
            assert_eq!(
                check(
                    act,
                    Concerned {
                        actor: ana,
                        target: eve,
                        active_admins: &[ana, eve]
                    }
                ),
                Ok(())
            );
        }
    }
}
