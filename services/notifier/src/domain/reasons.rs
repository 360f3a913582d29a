use super::Locale;

/// Why an order ended, as the portfolio says it, and the same in French.
const REASONS: &[(&str, &str)] = &[
    ("it is worth too little at this price", "il vaut trop peu à ce prix"),
    ("the price moves too far", "le prix bouge trop"),
    (
        "the amount is too large at this price",
        "le montant est trop grand à ce prix",
    ),
    (
        "insufficient funds at this price",
        "il n'y a pas assez de fonds à ce prix",
    ),
    ("it could not be filled at once", "il n'a pas pu être exécuté aussitôt"),
    ("it could not be carried out", "il n'a pas pu être exécuté"),
    ("its time ran out", "son délai est passé"),
    (
        "the other half of its pair came first",
        "l'autre ordre de la paire est passé d'abord",
    ),
    ("the portfolio was closed", "le portefeuille a été fermé"),
    ("cancelled by its owner", "annulé par son propriétaire"),
];

/// Why an order ended, in the reader's language; as the portfolio said it where there are no other words for it.
pub fn in_words(reason: &str, locale: Locale) -> &str {
    match locale {
        Locale::English => reason,
        Locale::French => REASONS
            .iter()
            .find(|(english, _)| *english == reason)
            .map_or(reason, |(_, french)| french),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_told_in_the_readers_language_or_as_it_came() {
        let ran_out = "its time ran out";
        assert_eq!(in_words(ran_out, Locale::French), "son délai est passé");
        assert_eq!(in_words(ran_out, Locale::English), ran_out);
        assert_eq!(in_words("a new reason", Locale::French), "a new reason");
    }
}
