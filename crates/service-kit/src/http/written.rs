//! Answers that are written while the client reads them, so that their length costs no memory.

use std::{
    cell::RefCell,
    future::poll_fn,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, ready},
};

use actix_web::{
    HttpResponse, HttpResponseBuilder,
    web::{Bytes, BytesMut},
};
use futures_util::{
    StreamExt, TryStreamExt,
    stream::{iter, poll_fn as stream_of},
};
use serde::Serialize;

use crate::error::{ApiError, ApiResult};

/// How much is written before the client gets it.
const PART: usize = 64 * 1024;

/// Answers with what `write` writes. What fails before the first part is full is refused in the usual way; later, the
/// answer is cut off without its end, so that no client takes a part for the whole.
pub async fn written<W, F>(mut answer: HttpResponseBuilder, write: W) -> ApiResult<HttpResponse>
where
    W: FnOnce(Pen) -> F,
    F: Future<Output = ApiResult<Pen>> + 'static,
{
    let pen = Pen::default();
    let mut writing = Writing {
        part: Rc::clone(&pen.part),
        work: Some(Box::pin(write(pen))),
    };
    let first = poll_fn(|context| writing.next(context)).await?;
    let rest = stream_of(move |context| {
        let next = ready!(writing.next(context));
        Poll::Ready(
            next.inspect_err(|error| tracing::error!(%error, "an answer was cut off"))
                .transpose(),
        )
    });
    let parts = iter(first.map(Ok)).chain(rest).map_err(actix_web::Error::from);
    Ok(answer.streaming(parts))
}

/// What an answer is written with.
#[derive(Default)]
pub struct Pen {
    written: BytesMut,
    part: Rc<RefCell<Option<Bytes>>>,
}

impl Pen {
    /// Writes; waits for the client where enough is written.
    pub async fn write(&mut self, bytes: &[u8]) {
        self.written.extend_from_slice(bytes);
        if self.written.len() >= PART {
            self.hand_over().await;
        }
    }

    /// Writes a value as JSON.
    pub async fn write_json(&mut self, value: &impl Serialize) -> ApiResult<()> {
        let text = serde_json::to_vec(value).map_err(ApiError::internal)?;
        self.write(&text).await;
        Ok(())
    }

    /// Gives what is written to the client, and waits until it is taken.
    async fn hand_over(&mut self) {
        *self.part.borrow_mut() = Some(self.written.split().freeze());
        // Whoever takes it polls again, for the next part.
        poll_fn(|_| {
            if self.part.borrow().is_some() {
                Poll::Pending
            } else {
                Poll::Ready(())
            }
        })
        .await;
    }
}

/// What stands before and behind `data` in an answer that is written by [`WrittenData`], as in any other success.
pub const BEFORE_DATA: &str = r#"{"success":true,"data":"#;
/// See [`BEFORE_DATA`].
pub const BEHIND_DATA: &str = r#","message":"ok"}"#;

/// A success whose `data` is an object that is written member by member.
pub struct WrittenData {
    pen: Pen,
    /// Whether the object or list that is open has something in it.
    is_begun: bool,
}

impl WrittenData {
    /// Opens it.
    pub async fn open(mut pen: Pen) -> Self {
        pen.write(BEFORE_DATA.as_bytes()).await;
        pen.write(b"{").await;
        Self { pen, is_begun: false }
    }

    /// Writes a member of the object that is open.
    pub async fn member(&mut self, name: &str, value: &impl Serialize) -> ApiResult<()> {
        self.name(name).await?;
        self.pen.write_json(value).await
    }

    /// Opens a member whose value is text that is JSON already; [`WrittenData::text`] writes it.
    pub async fn member_text(&mut self, name: &str) -> ApiResult<()> {
        self.name(name).await
    }

    /// Writes text that is JSON already.
    pub async fn text(&mut self, text: &[u8]) {
        self.pen.write(text).await;
    }

    /// Opens a member that is a list.
    pub async fn list(&mut self, name: &str) -> ApiResult<()> {
        self.name(name).await?;
        self.begin(b"[").await;
        Ok(())
    }

    /// Writes rows of the list that is open.
    pub async fn rows(&mut self, rows: impl IntoIterator<Item = impl Serialize>) -> ApiResult<()> {
        for row in rows {
            self.comma().await;
            self.pen.write_json(&row).await?;
        }
        Ok(())
    }

    /// Writes a member that is a list, page by page, however long it is. `page` reads what lies behind the place that it is
    /// given, which is none at first, and says the place of its last row; without one the list is over.
    pub async fn pages<T: Serialize, P>(
        &mut self,
        name: &str,
        mut page: impl AsyncFnMut(Option<P>) -> ApiResult<(Vec<T>, Option<P>)>,
    ) -> ApiResult<()> {
        self.list(name).await?;
        let mut place = None;
        loop {
            let (rows, last) = page(place).await?;
            self.rows(rows).await?;
            if last.is_none() {
                break;
            }
            place = last;
        }
        self.end_list().await;
        Ok(())
    }

    /// Opens a row that is an object.
    pub async fn object(&mut self) {
        self.comma().await;
        self.begin(b"{").await;
    }

    /// Closes the row.
    pub async fn end_object(&mut self) {
        self.end(b"}").await;
    }

    /// Closes the list.
    pub async fn end_list(&mut self) {
        self.end(b"]").await;
    }

    /// Closes the whole.
    pub async fn close(mut self) -> Pen {
        self.end(b"}").await;
        self.pen.write(BEHIND_DATA.as_bytes()).await;
        self.pen
    }

    async fn begin(&mut self, bracket: &[u8]) {
        self.is_begun = false;
        self.pen.write(bracket).await;
    }

    async fn end(&mut self, bracket: &[u8]) {
        self.is_begun = true;
        self.pen.write(bracket).await;
    }

    async fn name(&mut self, name: &str) -> ApiResult<()> {
        self.comma().await;
        self.pen.write_json(&name).await?;
        self.pen.write(b":").await;
        Ok(())
    }

    async fn comma(&mut self) {
        if std::mem::replace(&mut self.is_begun, true) {
            self.pen.write(b",").await;
        }
    }
}

/// The writer at work, and what it has ready.
struct Writing<F> {
    part: Rc<RefCell<Option<Bytes>>>,
    work: Option<Pin<Box<F>>>,
}

impl<F: Future<Output = ApiResult<Pen>>> Writing<F> {
    fn next(&mut self, context: &mut Context<'_>) -> Poll<ApiResult<Option<Bytes>>> {
        let Some(work) = &mut self.work else {
            return Poll::Ready(Ok(None));
        };
        match work.as_mut().poll(context) {
            Poll::Pending => match self.part.borrow_mut().take() {
                Some(part) => Poll::Ready(Ok(Some(part))),
                None => Poll::Pending,
            },
            Poll::Ready(outcome) => {
                self.work = None;
                let last = outcome?.written.freeze();
                Poll::Ready(Ok((!last.is_empty()).then_some(last)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::body::{BodySize, MessageBody, to_bytes};
    use serde_json::{Value, json};

    use super::*;

    async fn body_of<W, F>(write: W) -> Result<Bytes, String>
    where
        W: FnOnce(Pen) -> F,
        F: Future<Output = ApiResult<Pen>> + 'static,
    {
        let answer = written(HttpResponse::Ok(), write)
            .await
            .map_err(|error| error.to_string())?;
        let body = answer.into_body();
        assert_eq!(body.size(), BodySize::Stream);
        to_bytes(body).await.map_err(|error| error.to_string())
    }

    #[actix_web::test]
    async fn an_object_of_any_length_is_written_in_parts() {
        let body = body_of(|pen| async {
            let mut data = WrittenData::open(pen).await;
            data.member("name", &"Ana").await?;
            data.list("none").await?;
            data.end_list().await;
            data.list("books").await?;
            for book in 0..2 {
                data.object().await;
                data.member("book", &book).await?;
                data.list("numbers").await?;
                for start in 0..100 {
                    data.rows((0..1_000).map(|number| start * 1_000 + number)).await?;
                }
                data.end_list().await;
                data.end_object().await;
            }
            data.end_list().await;
            data.member("last", &true).await?;
            Ok(data.close().await)
        });
        let value: Value = serde_json::from_slice(&body.await.expect("a body")).expect("JSON");
        let numbers: Vec<u32> = (0..100_000).collect();
        let books: Vec<Value> = (0..2).map(|book| json!({"book": book, "numbers": numbers})).collect();
        let data = json!({"name": "Ana", "none": [], "books": books, "last": true});
        assert_eq!(value, json!({"success": true, "data": data, "message": "ok"}));
        let short = serde_json::to_string(&crate::http::Reply::new(200, 5)).expect("JSON");
        assert_eq!(short, format!("{BEFORE_DATA}5{BEHIND_DATA}"), "as any other success");
    }

    #[actix_web::test]
    async fn a_list_is_read_page_by_page_to_its_end() {
        let body = body_of(|pen| async {
            let mut data = WrittenData::open(pen).await;
            data.pages("numbers", async |after| {
                let first = after.map_or(0, |after: u32| after + 1);
                let rows: Vec<u32> = (first..7.min(first + 3)).collect();
                let last = rows.last().copied();
                Ok((rows, last))
            })
            .await?;
            Ok(data.close().await)
        });
        let value: Value = serde_json::from_slice(&body.await.expect("a body")).expect("JSON");
        assert_eq!(value["data"], json!({"numbers": [0, 1, 2, 3, 4, 5, 6]}));
    }

    #[actix_web::test]
    async fn what_fails_at_once_is_refused_and_what_fails_later_is_cut_off() {
        let refused = written(HttpResponse::Ok(), |_| async { Err(ApiError::not_found("book")) }).await;
        assert_eq!(refused.err().map(|error| error.kind().status()), Some(404));
        let cut = body_of(|mut pen| async move {
            pen.write(&[b'x'; PART]).await;
            Err(ApiError::not_found("page"))
        });
        assert!(cut.await.is_err());
    }

    #[actix_web::test]
    async fn nothing_is_written_ahead_of_the_reader() {
        let written_parts = Rc::new(RefCell::new(0));
        let counted = Rc::clone(&written_parts);
        let answer = written(HttpResponse::Ok(), |mut pen| async move {
            for _ in 0..100 {
                pen.write(&[b'x'; PART]).await;
                *counted.borrow_mut() += 1;
            }
            Ok(pen)
        });
        let mut body = Box::pin(answer.await.expect("begun").into_body());
        for read in 1..=100 {
            let part = poll_fn(|context| body.as_mut().poll_next(context)).await;
            assert_eq!(part.expect("a part").expect("sound").len(), PART);
            assert!(*written_parts.borrow() <= read, "after {read}");
        }
    }
}
