//! The page of a rule, from Markdown to HTML.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

use crate::rules::{RULES, page};

/// The page of the rule with that code as HTML, its headings below those of a finding; `None` where there is no such rule.
pub(super) fn html(code: &str) -> Option<String> {
    let rule = RULES.iter().find(|rule| rule.meta().code == code)?;
    Some(render(&page::body(rule.meta())))
}

/// Markdown as HTML. HTML in it is shown as text, links and pictures as their words.
fn render(markdown: &str) -> String {
    let events = Parser::new_ext(markdown, Options::ENABLE_TABLES).filter_map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Some(Event::Text(text)),
        Event::Start(Tag::Link { .. } | Tag::Image { .. }) | Event::End(TagEnd::Link | TagEnd::Image) => None,
        Event::Start(Tag::Heading { level, id, classes, attrs }) => {
            Some(Event::Start(Tag::Heading { level: lower(level), id, classes, attrs }))
        }
        Event::End(TagEnd::Heading(level)) => Some(Event::End(TagEnd::Heading(lower(level)))),
        other => Some(other),
    });
    let mut out = String::new();
    html::push_html(&mut out, events);
    out
}

/// Findings have headings of level 4.
const fn lower(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 | HeadingLevel::H2 => HeadingLevel::H5,
        _ => HeadingLevel::H6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_page_below_the_finding() {
        for rule in RULES {
            let page = html(rule.meta().code).unwrap();
            assert!(page.contains("<h5>"), "{page}");
            assert!(
                !["<h1", "<h2", "<h3", "<h4", "<a ", "<img", "style="].iter().any(|no| page.contains(no)),
                "{page}"
            );
        }
        assert_eq!(html("XXX999"), None);
    }

    #[test]
    fn html_in_a_page_is_text_and_links_lose_their_address() {
        assert_eq!(
            render("a <b onclick=x>c</b> [d](javascript:x) ![e](f)\n\n<script>x</script>"),
            "<p>a &lt;b onclick=x&gt;c&lt;/b&gt; d e</p>\n&lt;script&gt;x&lt;/script&gt;"
        );
    }
}
