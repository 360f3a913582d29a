//! A table whose texts turn into whatever is asked for: variables of the environment are texts.

use std::{borrow::Cow, vec};

use serde::{
    Deserializer,
    de::{
        IntoDeserializer, Visitor,
        value::{MapDeserializer, SeqDeserializer},
    },
    forward_to_deserialize_any,
};
use toml::{Table, Value, de::Error};

use crate::http::Text;

/// Deserializes a value; its texts also as numbers, switches, and lists with commas.
pub(super) struct Lenient(pub(super) Value);

impl<'de> IntoDeserializer<'de, Error> for Lenient {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

fn members(table: Table) -> MapDeserializer<'static, impl Iterator<Item = (String, Lenient)>, Error> {
    MapDeserializer::new(table.into_iter().map(|(key, value)| (key, Lenient(value))))
}

fn items(values: Vec<Value>) -> SeqDeserializer<vec::IntoIter<Lenient>, Error> {
    SeqDeserializer::new(values.into_iter().map(Lenient).collect::<Vec<_>>().into_iter())
}

/// Sends a text one way and everything else the usual way.
macro_rules! texts_as {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            match self.0 {
                Value::String(text) => {
                    let text: crate::http::TextDeserializer<'static, Error> = Text::new(Cow::Owned(text)).into_deserializer();
                    text.$method(visitor)
                }
                other => Lenient(other).deserialize_any(visitor),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Lenient {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Table(table) => visitor.visit_map(members(table)),
            Value::Array(values) => visitor.visit_seq(items(values)),
            other => other.deserialize_any(visitor),
        }
    }

    texts_as! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
        deserialize_f32 deserialize_f64
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::String(text) => match text.as_str() {
                "true" | "1" | "on" | "yes" => visitor.visit_bool(true),
                "false" | "0" | "off" | "no" => visitor.visit_bool(false),
                _ => Err(serde::de::Error::custom("must be true or false")),
            },
            other => Lenient(other).deserialize_any(visitor),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::String(text) => {
                let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
                visitor.visit_seq(items(parts.map(|part| Value::String(part.to_owned())).collect()))
            }
            other => Lenient(other).deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.0.deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        i128 u128 char str string bytes byte_buf unit unit_struct tuple tuple_struct map struct identifier ignored_any
    }
}
