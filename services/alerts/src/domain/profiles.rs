//! What alerts share of their settings, each kept once under a small number.

use std::collections::HashMap;

use super::trigger::Trigger;

/// What many alerts share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Profile {
    pub trigger: Trigger,
    pub cooldown_ms: i64,
}

/// The profiles that are in use. 13 triggers times the cooldowns that the API takes, whole seconds up to a week, are more
/// than there are numbers.
#[derive(Debug, Default)]
pub(super) struct Profiles {
    kept: Vec<Shared>,
    free: Vec<u16>,
    numbers: HashMap<Profile, u16>,
}

#[derive(Debug)]
struct Shared {
    profile: Profile,
    users: u32,
}

impl Profiles {
    /// Stands for a profile that has no number: no profile has this one.
    pub(super) const NONE: u16 = u16::MAX;

    /// The number of a profile that one more alert uses; `None` where all numbers are taken.
    pub(super) fn take(&mut self, profile: Profile) -> Option<u16> {
        if let Some(number) = self.numbers.get(&profile) {
            self.kept[usize::from(*number)].users += 1;
            return Some(*number);
        }
        let shared = Shared { profile, users: 1 };
        let number = match self.free.pop() {
            Some(number) => {
                self.kept[usize::from(number)] = shared;
                number
            }
            None => {
                let number = u16::try_from(self.kept.len())
                    .ok()
                    .filter(|number| *number != Self::NONE)?;
                self.kept.push(shared);
                number
            }
        };
        self.numbers.insert(profile, number);
        Some(number)
    }

    /// One alert less uses the profile of this number.
    pub(super) fn release(&mut self, number: u16) {
        let Some(shared) = self.kept.get_mut(usize::from(number)) else {
            return;
        };
        shared.users -= 1;
        if shared.users == 0 {
            self.numbers.remove(&shared.profile);
            self.free.push(number);
        }
    }

    /// The profile of a number that is in use.
    pub(super) fn get(&self, number: u16) -> Option<Profile> {
        self.kept.get(usize::from(number)).map(|shared| shared.profile)
    }
}
