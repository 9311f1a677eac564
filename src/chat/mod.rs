//! Cards, safe text and the chat platforms.
