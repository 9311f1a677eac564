//! A card as plain text: for the recording fake, for logs, and for platforms without markup.

use std::fmt;

use super::{Card, Press};

impl fmt::Display for Card {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for banner in &self.banners {
            writeln!(f, "{banner}")?;
        }
        let (icon, word) = (self.look.icon(), self.look.word());
        let severity = self.severity.word();
        writeln!(
            f,
            "{icon} {severity} · {word} · {} · {}",
            self.case, self.target
        )?;
        if let Some(link) = &self.link {
            writeln!(f, "{link}")?;
        }
        for section in &self.sections {
            writeln!(f, "{}:", section.part.title())?;
            for line in section.lines.iter().flat_map(|line| line.lines()) {
                writeln!(f, "  {line}")?;
            }
        }
        for (name, buttons) in [("buttons", &self.buttons), ("more", &self.more)] {
            if buttons.is_empty() {
                continue;
            }
            let labels: Vec<String> = buttons
                .iter()
                .map(|button| match &button.press {
                    Press::Key(key) => format!("[{} = {key}]", button.label),
                    Press::Link(link) => format!("[{} -> {link}]", button.label),
                })
                .collect();
            writeln!(f, "{name}: {}", labels.join(" "))?;
        }
        Ok(())
    }
}
