//! Words of a document: plain text in which some parts are commands or stand out.

use serde::Serialize;

/// A part of some words. The text is on one line and not escaped for anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", content = "text", rename_all = "kebab-case")]
pub(crate) enum Span {
    /// As it is.
    Text(String),
    /// A command, flag or path.
    Code(String),
    /// What is to stand out.
    Strong(String),
}

/// A sentence, a cell or an item.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct Rich(Vec<Span>);

impl Rich {
    /// Words that are all a command.
    pub(crate) fn command(text: impl Into<String>) -> Self {
        Self::default().code(text)
    }

    /// Words that all stand out.
    pub(crate) fn bold(text: impl Into<String>) -> Self {
        Self::default().strong(text)
    }

    /// Adds plain text.
    #[must_use]
    pub(crate) fn text(mut self, text: impl Into<String>) -> Self {
        self.0.push(Span::Text(text.into()));
        self
    }

    /// Adds a command.
    #[must_use]
    pub(crate) fn code(mut self, text: impl Into<String>) -> Self {
        self.0.push(Span::Code(text.into()));
        self
    }

    /// Adds what stands out.
    #[must_use]
    pub(crate) fn strong(mut self, text: impl Into<String>) -> Self {
        self.0.push(Span::Strong(text.into()));
        self
    }

    /// The parts, in order.
    pub(crate) fn spans(&self) -> &[Span] {
        &self.0
    }
}

impl From<String> for Rich {
    fn from(text: String) -> Self {
        Self::default().text(text)
    }
}

impl From<&str> for Rich {
    fn from(text: &str) -> Self {
        Self::default().text(text)
    }
}
