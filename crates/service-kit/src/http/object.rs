use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor, value::MapAccessDeserializer},
};

/// Reads a member of a body that is an object or null: `#[serde(default, deserialize_with = "optional_object")]`.
///
/// Without it, a list passes for an object with its members in their order.
pub fn optional_object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    deserializer.deserialize_option(Object(PhantomData))
}

struct Object<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Object<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Inner {
        a: Option<u8>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Outer {
        #[serde(default, deserialize_with = "super::optional_object")]
        inner: Option<Inner>,
    }

    fn read(text: &str) -> Result<Option<Inner>, serde_json::Error> {
        serde_json::from_str::<Outer>(text).map(|outer| outer.inner)
    }

    #[test]
    fn an_object_is_read_null_is_none_and_a_list_is_refused() {
        assert_eq!(
            read(r#"{"inner": {"a": 1}}"#).expect("object"),
            Some(Inner { a: Some(1) })
        );
        assert_eq!(read(r#"{"inner": null}"#).expect("null"), None);
        assert_eq!(read("{}").expect("absent"), None);
        assert!(read(r#"{"inner": [1]}"#).is_err());
        assert!(read(r#"{"inner": 1}"#).is_err());
    }
}
