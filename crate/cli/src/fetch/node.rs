//! One question to a node, and what can come of it.
//!
//! Everything about it may be wrong: it may be slow, huge, redirect, be no node, or refuse. Each is one
//! message that says what to do.

use std::{
    io::{self, Read},
    time::Duration,
};

use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};
use ureq::{Agent, Body, http::Response};

use interleave_playground::limits;

use super::endpoint::Endpoint;

/// Characters of a node's own words that a message repeats at the most.
const WORDS: usize = 200;

/// A node that can be asked.
pub struct Node {
    endpoint: Endpoint,
    agent: Agent,
    timeout: Duration,
    /// Bytes that the answers so far had.
    read: u64,
    questions: u64,
}

/// Why there is no answer.
#[derive(Debug)]
pub struct NoAnswer {
    /// A sentence without its full stop; nothing of the address but its host is in it.
    pub message: String,
    /// Did the node itself say no? Then something else may be asked.
    pub by_node: bool,
}

/// An answer of JSON-RPC 2.0.
#[derive(Deserialize)]
struct Answer<'a> {
    id: Option<u64>,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
    error: Option<NodeError>,
}

#[derive(Deserialize)]
struct NodeError {
    #[serde(default)]
    code: i64,
    #[serde(default)]
    message: String,
}

impl Node {
    /// The node at an address; an answer may take so long.
    pub fn new(endpoint: Endpoint, timeout: Duration) -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(timeout))
            // A redirect would carry the question, and a key, to somewhere else.
            .max_redirects(0)
            .http_status_as_error(false)
            .user_agent("interleave")
            .build();
        Self {
            endpoint,
            agent: config.into(),
            timeout,
            read: 0,
            questions: 0,
        }
    }

    /// What `method` gives, as JSON.
    pub fn ask(&mut self, method: &str, params: &Value) -> Result<String, NoAnswer> {
        self.questions += 1;
        let id = self.questions;
        let question = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
        let no = |message: String| NoAnswer {
            message: format!("{method}: {}", self.endpoint.hide(&message)),
            by_node: false,
        };
        let sent = (self.agent.post(self.endpoint.uri()))
            .header("Content-Type", "application/json")
            .send(question.to_string());
        let mut response = sent.map_err(|error| no(self.why(&error)))?;
        let status = response.status();
        if status.is_redirection() {
            let message = "the endpoint redirects elsewhere, which is not followed: use the address it redirects to";
            return Err(no(message.into()));
        }
        let text = self.text(&mut response).map_err(&no)?;
        let read: Result<Answer<'_>, _> = serde_json::from_str(&text);
        let size = text.len() as u64;
        let answer = match read {
            Ok(Answer {
                result: None,
                error: None,
                ..
            })
            | Err(_)
                if !status.is_success() =>
            {
                Err(no(format!(
                    "the endpoint answers with the HTTP status {status}"
                )))
            }
            Err(_) => Err(no(format!(
                "the answer is not JSON-RPC{}: is this the address of a node?",
                looks(&text)
            ))),
            Ok(Answer {
                error: Some(error), ..
            }) => Err(NoAnswer {
                message: self.endpoint.hide(&said(method, &error)),
                by_node: true,
            }),
            Ok(answer) if answer.id != Some(id) => {
                Err(no("the answer is to another question".into()))
            }
            Ok(Answer { result: None, .. }) => {
                // `null` is a result too, which reads as none.
                match serde_json::from_str::<Value>(&text) {
                    Ok(value) if value.get("result").is_some() => Ok("null".into()),
                    _ => Err(no("the answer has neither a result nor an error".into())),
                }
            }
            Ok(Answer {
                result: Some(result),
                ..
            }) => Ok(result.get().to_owned()),
        };
        self.read += size;
        answer
    }

    /// The text of a response, within the limits.
    fn text(&self, response: &mut Response<Body>) -> Result<String, String> {
        let (one, all) = (limits::NODE_ANSWER_MIB, limits::NODE_ANSWERS_MIB);
        let most = (one << 20).min((all << 20).saturating_sub(self.read));
        let mut bytes = Vec::new();
        let body = response.body_mut().with_config().limit(u64::MAX).reader();
        let read = body.take(most + 1).read_to_end(&mut bytes);
        read.map_err(|error| match error.downcast::<ureq::Error>() {
            Ok(error) => self.why(&error),
            Err(error) => self.why_io(&error),
        })?;
        if bytes.len() as u64 > most {
            return Err(format!(
                "the answer is too large: one may have {one} MiB, and all together {all}"
            ));
        }
        String::from_utf8(bytes).map_err(|_| "the answer is not a text".into())
    }

    /// Why a request failed. Errors of the client may hold the address, so they are told apart here.
    fn why(&self, error: &ureq::Error) -> String {
        match error {
            ureq::Error::Timeout(_) => self.slow(),
            ureq::Error::HostNotFound => "there is no host of this name".into(),
            ureq::Error::ConnectionFailed => "nobody can be reached there".into(),
            ureq::Error::Io(error) => self.why_io(error),
            ureq::Error::Tls(_) | ureq::Error::Rustls(_) => {
                "no secure connection could be made: does the endpoint speak https, with a valid certificate?".into()
            }
            ureq::Error::LargeResponseHeader(..) => "the headers of the answer are too large".into(),
            ureq::Error::Protocol(_) => "what answers there does not speak HTTP".into(),
            ureq::Error::Decompress(..) => "the packed answer is damaged".into(),
            _ => "the request could not be made".into(),
        }
    }

    fn why_io(&self, error: &io::Error) -> String {
        let secure = self.endpoint.uri().scheme_str() == Some("https");
        match error.kind() {
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => self.slow(),
            io::ErrorKind::ConnectionRefused => {
                "nobody listens there: does the node run, with its HTTP server on?".into()
            }
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe => "the connection ended before the answer did".into(),
            io::ErrorKind::InvalidData if secure => {
                "no secure connection could be made: does the endpoint speak https, with a valid certificate?".into()
            }
            // Also where its name could not be looked up.
            _ => "the host cannot be reached: is its name right?".into(),
        }
    }

    fn slow(&self) -> String {
        format!(
            "no answer within {} seconds; --timeout allows more",
            self.timeout.as_secs()
        )
    }
}

/// What an answer that is no JSON-RPC looks like.
fn looks(text: &str) -> &'static str {
    match text.trim_start().chars().next() {
        Some('<') => ", but a web page",
        None => ", but empty",
        Some('{' | '[') => ", but other JSON",
        Some(_) => "",
    }
}

/// What a node says about a question that it does not answer.
fn said(method: &str, error: &NodeError) -> String {
    let plain = error.message.chars().filter(|it| !it.is_control());
    let words: String = plain.take(WORDS).collect();
    match error.code {
        -32601 => format!("the node does not have the method {method}"),
        code => format!("the node refuses {method}: {words} (code {code})"),
    }
}
