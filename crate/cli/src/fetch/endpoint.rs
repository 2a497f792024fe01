//! The address of a node, and how what is secret in it stays so.
//!
//! Keys are in the path, the query or before the `@`. The rule: what is printed goes through `hide`,
//! since a node may repeat a key in what it answers.

use ureq::http::Uri;

/// The fewest characters of an address that are hidden where they turn up in a message.
const SHORTEST: usize = 8;

/// The address of a node.
pub struct Endpoint {
    uri: Uri,
    /// Host and port.
    host: String,
    /// What stands before and after those.
    secrets: [String; 2],
}

impl Endpoint {
    /// Reads an address; the message does not repeat it.
    pub fn read(text: &str) -> Result<Self, &'static str> {
        let not = "it is not an address like https://host/path or http://localhost:8545";
        let text = text.trim();
        let (scheme, rest) = text.split_once("://").ok_or(not)?;
        if !["http", "https"].contains(&scheme.to_ascii_lowercase().as_str()) {
            return Err("only addresses with http and https can be asked");
        }
        let uri: Uri = text.parse().map_err(|_| not)?;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
        if host.is_empty() {
            return Err(not);
        }
        Ok(Self {
            uri,
            host: host.to_owned(),
            secrets: [user.to_owned(), path.to_owned()],
        })
    }

    /// What may be shown of it.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// For the request alone.
    pub fn uri(&self) -> &Uri {
        &self.uri
    }

    /// `text` without pieces of the address that are long enough to be a key or to tell one.
    pub fn hide(&self, text: &str) -> String {
        let mut shown = String::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let longest = self.secrets.iter().map(|it| common(it, rest)).max();
            match longest.unwrap_or(0) {
                0 => {
                    shown.push(first);
                    rest = &rest[first.len_utf8()..];
                }
                length => {
                    shown.push('…');
                    rest = &rest[length..];
                }
            }
        }
        shown
    }
}

/// How many bytes at the start of `text` are to be hidden for the sake of `secret`.
fn common(secret: &str, text: &str) -> usize {
    let starts = secret.char_indices().map(|(at, _)| &secret[at..]);
    let lengths = starts.map(|tail| {
        let same = tail.chars().zip(text.chars()).take_while(|(a, b)| a == b);
        same.map(|(it, _)| it.len_utf8()).sum::<usize>()
    });
    lengths.max().filter(|it| *it >= SHORTEST).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_eight_characters_of_a_key_are_shown() {
        let address =
            "https://user42:passw0rd99@node.example:8443/v3/0123456789abcdef?token=qwertyuiop";
        let endpoint = Endpoint::read(address).unwrap();
        assert_eq!(endpoint.host(), "node.example:8443");
        let said = format!(
            "no project 0123456789abcdef, 789abcdef or passw0rd99 with qwertyuio at {address}, block 12"
        );
        let shown = endpoint.hide(&said);
        let secret = ["user42:passw0rd99", "/v3/0123456789abcdef?token=qwertyuiop"];
        for part in secret {
            for at in 0..=part.len() - SHORTEST {
                assert!(!shown.contains(&part[at..at + SHORTEST]), "{shown}");
            }
        }
        assert!(
            shown.starts_with("no project …, … or … with … at https://"),
            "{shown}"
        );
        assert!(shown.ends_with("block 12"), "{shown}");
    }

    #[test]
    fn what_is_no_address_is_refused_without_repeating_it() {
        for wrong in [
            "",
            "localhost:8545",
            "ftp://host/secretkey",
            "https://",
            "https:///secretkey",
            "http://a b/secretkey",
        ] {
            let message = Endpoint::read(wrong).err().unwrap();
            assert!(!message.contains("secretkey"));
        }
    }
}
