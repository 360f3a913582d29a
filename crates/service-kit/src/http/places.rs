//! What the routes say of a path, looked up once: to walk them compares a path with the pattern of each.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use actix_web::{HttpRequest, dev::ResourceMap, http::Method};

use super::metrics::method_label;

/// The most paths that are remembered, and the longest; others are looked up each time.
const MOST: usize = 1_024;
const LONGEST: usize = 128;

/// What one worker knows of paths. Anybody can ask for any path, so it forgets all where they become too many.
#[derive(Default)]
pub(super) struct Places(RefCell<HashMap<Box<str>, Place>>);

/// What is known so far: each is found out when it is first asked for.
#[derive(Default)]
struct Place {
    wants_other_slash: Option<bool>,
    /// By the method's label: two routes can share a path.
    patterns: HashMap<&'static str, Option<Rc<str>>>,
}

impl Places {
    /// Whether a route exists only with the slash at the end that `path` has not, or only without the one that it has.
    pub(super) fn wants_other_slash(&self, routes: &ResourceMap, path: &str) -> bool {
        let known = self.0.borrow().get(path).and_then(|place| place.wants_other_slash);
        known.unwrap_or_else(|| {
            let wants =
                !routes.has_resource(path) && other_slash(path).is_some_and(|other| routes.has_resource(&other));
            self.note(path, |place| place.wants_other_slash = Some(wants));
            wants
        })
    }

    /// The pattern of the route that answered a request made with `method`.
    pub(super) fn pattern(&self, request: &HttpRequest, method: &Method) -> Option<Rc<str>> {
        let method = method_label(method);
        let known = self
            .0
            .borrow()
            .get(request.path())
            .and_then(|place| place.patterns.get(method).cloned());
        known.unwrap_or_else(|| {
            let pattern = request.match_pattern().map(Rc::from);
            self.note(request.path(), |place| {
                place.patterns.insert(method, pattern.clone());
            });
            pattern
        })
    }

    fn note(&self, path: &str, change: impl FnOnce(&mut Place)) {
        if path.len() > LONGEST {
            return;
        }
        let mut known = self.0.borrow_mut();
        if known.len() >= MOST && !known.contains_key(path) {
            known.clear();
        }
        change(known.entry(path.into()).or_default());
    }
}

/// The path with the slash at its end if it has none, and without it if it has.
pub(super) fn other_slash(path: &str) -> Option<String> {
    match path.strip_suffix('/') {
        Some(without) if without.is_empty() || without.ends_with('/') => None,
        Some(without) => Some(without.to_owned()),
        None => Some(format!("{path}/")),
    }
}
