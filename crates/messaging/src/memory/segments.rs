use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::{self, BufReader, ErrorKind, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

const SEGMENT_BYTES: u64 = 32 * 1024 * 1024;
/// The most files kept for a partition; the oldest goes first.
const MAX_SEGMENTS: usize = 16;
const HEADER: usize = 8;

/// A partition's messages in files of 32 MiB, each named by its first offset. A message is its length, its CRC-32 and its bytes.
///
/// Written without `fsync`: what the process handed to the kernel survives the death of the process, which is
/// what the in-process broker promises. A message torn by the death of the machine is cut off at the next start.
pub(super) struct Segments {
    dir: PathBuf,
    /// First offset of each file; shared with readers, that skip files as they are dropped.
    files: Arc<Mutex<BTreeMap<u64, PathBuf>>>,
    current: File,
    current_bytes: u64,
    end: u64,
}

impl Segments {
    pub(super) fn open(dir: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&dir)?;
        let mut files = BTreeMap::new();
        for entry in fs::read_dir(&dir)? {
            let path = entry?.path();
            let first = path
                .file_stem()
                .and_then(|stem| stem.to_str())
                .and_then(|stem| stem.parse().ok());
            if let Some(first) = first
                && path.extension().is_some_and(|extension| extension == "log")
            {
                files.insert(first, path);
            }
        }
        let (first, path) = match files.last_key_value() {
            Some((first, path)) => (*first, path.clone()),
            None => {
                let path = file_name(&dir, 0);
                files.insert(0, path.clone());
                (0, path)
            }
        };
        let mut current = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(path)?;
        let (count, good_bytes) = scan(&mut current)?;
        current.set_len(good_bytes)?;
        current.seek(SeekFrom::End(0))?;
        Ok(Self {
            dir,
            files: Arc::new(Mutex::new(files)),
            current,
            current_bytes: good_bytes,
            end: first + count,
        })
    }

    /// The offset of the next message.
    pub(super) fn end(&self) -> u64 {
        self.end
    }

    pub(super) fn first(&self) -> u64 {
        let files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.first_key_value().map_or(self.end, |(first, _)| *first)
    }

    pub(super) fn append(&mut self, body: &[u8]) -> io::Result<()> {
        if self.current_bytes >= SEGMENT_BYTES {
            self.roll()?;
        }
        let length =
            u32::try_from(body.len()).map_err(|_| io::Error::new(ErrorKind::InvalidInput, "message above 4 GiB"))?;
        let mut frame = Vec::with_capacity(HEADER + body.len());
        frame.extend(length.to_le_bytes());
        frame.extend(crc32fast::hash(body).to_le_bytes());
        frame.extend(body);
        if let Err(error) = self.current.write_all(&frame) {
            // Half a frame would hide all that follows it.
            self.current.set_len(self.current_bytes)?;
            self.current.seek(SeekFrom::End(0))?;
            return Err(error);
        }
        self.current_bytes += frame.len() as u64;
        self.end += 1;
        Ok(())
    }

    fn roll(&mut self) -> io::Result<()> {
        let path = file_name(&self.dir, self.end);
        self.current = OpenOptions::new()
            .create(true)
            .truncate(true)
            .read(true)
            .write(true)
            .open(&path)?;
        self.current_bytes = 0;
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.insert(self.end, path);
        while files.len() > MAX_SEGMENTS {
            if let Some((_, oldest)) = files.pop_first() {
                fs::remove_file(oldest)?;
            }
        }
        Ok(())
    }

    pub(super) fn reader(&self) -> SegmentReader {
        SegmentReader {
            files: Arc::clone(&self.files),
            open: None,
        }
    }
}

/// Reads messages from files, one after another.
pub(super) struct SegmentReader {
    files: Arc<Mutex<BTreeMap<u64, PathBuf>>>,
    open: Option<(u64, BufReader<File>)>,
}

impl SegmentReader {
    /// The message at `offset`; `None` where the files end before it.
    pub(super) fn read(&mut self, offset: u64) -> io::Result<Option<Vec<u8>>> {
        if self.open.as_ref().is_none_or(|(next, _)| *next > offset) {
            self.open = self.file_with(offset)?;
        }
        loop {
            let Some((next, file)) = &mut self.open else {
                return Ok(None);
            };
            match read_frame(file)? {
                Some(body) => {
                    *next += 1;
                    if *next > offset {
                        return Ok(Some(body));
                    }
                }
                None => {
                    let reached = *next;
                    let following = self.file_with(reached)?;
                    match following {
                        // The next file begins exactly where this one ended.
                        Some((first, file)) if first == reached => self.open = Some((first, file)),
                        _ => {
                            self.open = None;
                            return Ok(None);
                        }
                    }
                }
            }
        }
    }

    fn file_with(&self, offset: u64) -> io::Result<Option<(u64, BufReader<File>)>> {
        let files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((first, path)) = files.range(..=offset).next_back() else {
            return Ok(None);
        };
        Ok(Some((*first, BufReader::new(File::open(path)?))))
    }
}

fn file_name(dir: &Path, first: u64) -> PathBuf {
    dir.join(format!("{first:020}.log"))
}

/// One message, or `None` at the end of the good ones.
fn read_frame(file: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut header = [0; HEADER];
    match file.read_exact(&mut header) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let [l0, l1, l2, l3, c0, c1, c2, c3] = header;
    let length = u64::from(u32::from_le_bytes([l0, l1, l2, l3]));
    let mut body = Vec::new();
    // A torn length may promise gigabytes: take what there is, and judge by the checksum.
    file.take(length).read_to_end(&mut body)?;
    let is_whole = body.len() as u64 == length && crc32fast::hash(&body) == u32::from_le_bytes([c0, c1, c2, c3]);
    Ok(is_whole.then_some(body))
}

/// How many good messages a file holds, and in how many bytes.
fn scan(file: &mut File) -> io::Result<(u64, u64)> {
    file.seek(SeekFrom::Start(0))?;
    let mut reader = BufReader::new(file);
    let (mut count, mut bytes) = (0, 0);
    while let Some(body) = read_frame(&mut reader)? {
        count += 1;
        bytes += (HEADER + body.len()) as u64;
    }
    Ok((count, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_torn_message_is_cut_off_and_the_log_goes_on() {
        let dir = tempfile::tempdir().expect("dir");
        let mut segments = Segments::open(dir.path().to_owned()).expect("open");
        segments.append(b"one").expect("append");
        segments.append(b"two").expect("append");
        drop(segments);
        let path = file_name(dir.path(), 0);
        let length = fs::metadata(&path).expect("file").len();
        OpenOptions::new()
            .write(true)
            .open(&path)
            .expect("file")
            .set_len(length - 1)
            .expect("cut");

        let mut segments = Segments::open(dir.path().to_owned()).expect("open");
        assert_eq!(segments.end(), 1);
        segments.append(b"three").expect("append");
        let mut reader = segments.reader();
        assert_eq!(reader.read(0).expect("read"), Some(b"one".to_vec()));
        assert_eq!(reader.read(1).expect("read"), Some(b"three".to_vec()));
        assert_eq!(reader.read(2).expect("read"), None);
    }

    #[test]
    fn a_reader_crosses_from_file_to_file() {
        let dir = tempfile::tempdir().expect("dir");
        let mut segments = Segments::open(dir.path().to_owned()).expect("open");
        for number in 0..10_u8 {
            segments.append(&[number]).expect("append");
            if number % 3 == 2 {
                segments.roll().expect("roll");
            }
        }
        let mut reader = segments.reader();
        let read: Vec<u8> = (2..10)
            .filter_map(|offset| reader.read(offset).expect("read"))
            .flatten()
            .collect();
        assert_eq!(read, (2..10).collect::<Vec<u8>>());
    }
}
