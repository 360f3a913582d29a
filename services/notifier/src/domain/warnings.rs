//! What the owner of an account is told when something happened to it.

use contracts::events::Warning;

use super::Locale;

/// The title and the message of a warning.
pub fn words(warning: Warning, locale: Locale) -> (&'static str, &'static str) {
    let undo = locale.pick(
        "If this was not you, reset your password at once.",
        "Si ce n'était pas vous, réinitialisez tout de suite votre mot de passe.",
    );
    let title = match warning {
        Warning::TokenReused => locale.pick(
            "A session was ended for safety",
            "Une session a été fermée par sécurité",
        ),
        Warning::PasswordChanged => locale.pick("Your password was changed", "Votre mot de passe a été modifié"),
        Warning::PasswordReset => locale.pick("Your password was reset", "Votre mot de passe a été réinitialisé"),
        Warning::EmailChangeRequested => locale.pick(
            "A change of your e-mail address was requested",
            "Un changement de votre adresse e-mail a été demandé",
        ),
        Warning::EmailChanged => locale.pick("Your e-mail address was changed", "Votre adresse e-mail a été modifiée"),
        Warning::MfaEnabled => locale.pick(
            "Two-step sign-in was switched on",
            "La connexion en deux étapes a été activée",
        ),
        Warning::MfaDisabled => locale.pick(
            "Two-step sign-in was switched off",
            "La connexion en deux étapes a été désactivée",
        ),
        Warning::LockedOut => locale.pick("Too many wrong passwords", "Trop de mots de passe erronés"),
        Warning::TokenCreated => locale.pick("An API token was created", "Un jeton d'API a été créé"),
        Warning::RoleChanged => locale.pick("Your role was changed", "Votre rôle a été modifié"),
    };
    let message = match warning {
        Warning::TokenReused => locale.pick(
            "An old sign-in token of yours was used a second time, so that session was ended. If you don't know why, reset your password.",
            "Un ancien jeton de connexion a été utilisé une seconde fois ; cette session a donc été fermée. Dans le doute, réinitialisez votre mot de passe.",
        ),
        Warning::LockedOut => locale.pick(
            "Signing in with a password is locked for a while. The reset e-mail lets you in at once.",
            "La connexion par mot de passe est bloquée un moment. L'e-mail de réinitialisation vous permet d'entrer tout de suite.",
        ),
        Warning::RoleChanged => locale.pick("An administrator changed what your account may do.", "Un administrateur a modifié vos droits."),
        _ => undo,
    };
    (title, message)
}
