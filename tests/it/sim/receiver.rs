//! A webhook receiver on a bare socket: keeps the bytes of each request, answers as it is told.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the receiver got and what it will answer; 200 when nothing else is planned.
#[derive(Debug, Clone)]
pub(crate) struct Receiver {
    pub(crate) url: String,
    shared: Arc<Mutex<Shared>>,
    arrived: Arc<tokio::sync::Notify>,
}

#[derive(Debug, Default)]
struct Shared {
    answers: VecDeque<u16>,
    requests: Vec<String>,
}

impl Receiver {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let receiver = Self {
            url,
            shared: Arc::default(),
            arrived: Arc::default(),
        };
        let serving = receiver.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                serving.serve(stream).await;
            }
        });
        receiver
    }

    /// Plans the next answers.
    pub(crate) fn answer(&self, statuses: &[u16]) {
        self.shared.lock().unwrap().answers.extend(statuses);
    }

    /// Takes the requests received so far, head and body.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.shared.lock().unwrap().requests)
    }

    /// Waits until this many requests have been received, and takes them.
    pub(crate) async fn wait_for(&self, count: usize) -> Vec<String> {
        while self.shared.lock().unwrap().requests.len() < count {
            self.arrived.notified().await;
        }
        self.take()
    }

    async fn serve(&self, mut stream: TcpStream) {
        let request = read(&mut stream).await;
        let status = {
            let mut shared = self.shared.lock().unwrap();
            shared.requests.push(request);
            shared.answers.pop_front().unwrap_or(200)
        };
        let answer = format!("HTTP/1.1 {status} Whatever\r\nContent-Length: 0\r\n\r\n");
        stream.write_all(answer.as_bytes()).await.unwrap();
        self.arrived.notify_one();
    }
}

async fn read(stream: &mut TcpStream) -> String {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 8192]);
    loop {
        let n = stream.read(&mut buffer).await.unwrap();
        bytes.extend_from_slice(&buffer[..n]);
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            assert!(n > 0, "the head breaks off: {text}");
            continue;
        };
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("Content-Length: "));
        if body.len() >= length.unwrap().parse().unwrap() {
            return text.into_owned();
        }
        assert!(n > 0, "the body breaks off: {text}");
    }
}
