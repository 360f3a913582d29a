//! Mails of the account itself: prove an address, reset a password.

use contracts::{events::MailKind, internal::MailContent};
use lettre::Message;
use serde_json::json;

use super::{Button, ComposeError, Composer, Envelope, evidence, values};
use crate::domain::{Locale, text::clean_line};

struct Words {
    subject: &'static str,
    lead: &'static str,
    button: &'static str,
    path: &'static str,
    rest: &'static str,
}

impl Composer {
    /// A mail that auth asked for, with the token that auth gave for it.
    pub fn account(&self, envelope: &Envelope, content: &MailContent) -> Result<Message, ComposeError> {
        let locale = envelope.locale;
        let words = words(content.kind, locale);
        let token = match content.kind {
            MailKind::AlreadyRegistered => None,
            _ => Some(
                content
                    .token
                    .as_deref()
                    .filter(|token| is_plain(token))
                    .ok_or(ComposeError::Token)?,
            ),
        };
        let query = token.map(|token| format!("?token={token}")).unwrap_or_default();
        let values = values(json!({
            "locale": locale.tag(),
            "title": words.subject,
            "greeting": greeting(&envelope.name, locale),
            "lead": words.lead,
            "button": Button { label: words.button, url: self.link(&format!("{}{query}", words.path)) },
            "token": token,
            "token_label": locale.pick("Or copy this code:", "Ou copiez ce code :"),
            "expires": content.expires_at.map(|at| {
                let words = locale.pick("It works once, until", "Valable une fois, jusqu'au");
                format!("{words} {}.", locale.moment(at))
            }),
            "rest": words.rest,
            "words": evidence::frame(locale),
        }));
        self.mail(envelope, words.subject, "account", values, None)
    }
}

/// Whether a token can stand in a link as it is.
fn is_plain(token: &str) -> bool {
    !token.is_empty()
        && token
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~'))
}

fn greeting(name: &str, locale: Locale) -> String {
    let name = clean_line(name, 100);
    match (name.is_empty(), locale) {
        (true, _) => locale.pick("Hello,", "Bonjour,").to_owned(),
        (false, Locale::English) => format!("Hello {name},"),
        (false, Locale::French) => format!("Bonjour {name},"),
    }
}

fn words(kind: MailKind, locale: Locale) -> Words {
    let ignore = locale.pick(
        "If you did not ask for this, you can ignore this mail.",
        "Si vous n'avez rien demandé, ignorez cet e-mail.",
    );
    match kind {
        MailKind::Verify => Words {
            subject: locale.pick("Confirm your e-mail address", "Confirmez votre adresse e-mail"),
            lead: locale.pick(
                "Welcome to Candlewick. Please confirm that this is your address, so that your alerts may be sent to it.",
                "Bienvenue chez Candlewick. Confirmez que cette adresse est la vôtre pour y recevoir vos alertes.",
            ),
            button: locale.pick("Confirm my address", "Confirmer mon adresse"),
            path: "/verify",
            rest: ignore,
        },
        MailKind::VerifyNewEmail => Words {
            subject: locale.pick("Confirm your new e-mail address", "Confirmez votre nouvelle adresse e-mail"),
            lead: locale.pick(
                "You asked to use this address from now on. It takes effect once you confirm it.",
                "Vous avez demandé à utiliser cette adresse. Le changement prend effet après confirmation.",
            ),
            button: locale.pick("Confirm my new address", "Confirmer ma nouvelle adresse"),
            path: "/verify",
            rest: ignore,
        },
        MailKind::Reset => Words {
            subject: locale.pick("Reset your password", "Réinitialisez votre mot de passe"),
            lead: locale.pick(
                "Somebody, probably you, asked to set a new password for your account.",
                "Quelqu'un, sans doute vous, a demandé un nouveau mot de passe pour votre compte.",
            ),
            button: locale.pick("Set a new password", "Choisir un nouveau mot de passe"),
            path: "/reset",
            rest: ignore,
        },
        MailKind::AlreadyRegistered => Words {
            subject: locale.pick("You already have an account", "Vous avez déjà un compte"),
            lead: locale.pick(
                "Somebody, probably you, tried to register with this address. It already has an account: just sign in, or reset your password.",
                "Quelqu'un, sans doute vous, a voulu s'inscrire avec cette adresse. Elle a déjà un compte : connectez-vous ou réinitialisez votre mot de passe.",
            ),
            button: locale.pick("Sign in", "Se connecter"),
            path: "/login",
            rest: ignore,
        },
    }
}
