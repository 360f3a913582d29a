//! The pure core: valuation of many books, fills, matching, rebuilding a journal.

use std::{collections::HashMap, hint::black_box};

use contracts::events::Side;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use domain::{AssetId, OrderId, PortfolioId, Price, Source, Tick, Timestamp};
use portfolio::domain::{
    audit::{Auditor, StoredEntry},
    book::Book,
    entries::{self, Hold},
    fill::{Costs, Size},
    journal::{GENESIS, Place, chain_hash},
    matching::{Matcher, RestingOrder},
    order::Terms,
    prices::Mark,
    valuation,
};
use rust_decimal::{Decimal, dec};
use uuid::Uuid;

fn asset(number: usize) -> AssetId {
    AssetId::parse(&format!("asset-{number}")).expect("id")
}

fn price(value: Decimal) -> Price {
    Price::new(value).expect("price")
}

fn mark(value: Decimal) -> Mark {
    let at = Timestamp::default();
    Mark {
        price: price(value),
        source: Source::Kraken,
        event_at: at,
        received_at: at,
        seq: 1,
    }
}

fn book_with(assets: usize) -> Book {
    let mut book = Book::default();
    book.apply(1, &entries::deposit(Uuid::nil(), dec!(100000)).expect("entry"))
        .expect("booked");
    for number in 0..assets {
        let fill = Costs::default()
            .market(Side::Buy, Size::Quantity(dec!(1.5)), price(dec!(12.34)))
            .expect("fill");
        let entry = entries::fill(Uuid::nil(), &asset(number), &fill, Hold::nothing(Side::Buy)).expect("entry");
        book.apply(number as i64 + 2, &entry).expect("booked");
    }
    book
}

fn values(criterion: &mut Criterion) {
    let books: Vec<Book> = (0..10_000).map(|number| book_with(number % 10)).collect();
    let marks: HashMap<AssetId, Mark> = (0..10).map(|number| (asset(number), mark(dec!(13.57)))).collect();
    let mut group = criterion.benchmark_group("valuation");
    group.throughput(Throughput::Elements(10_000));
    group.bench_function("10,000 portfolios", |bencher| {
        bencher.iter(|| {
            let worth = |book| valuation::equity(book, |asset| marks.get(asset).copied());
            books.iter().map(|book| worth(book).expect("worth").0).sum::<Decimal>()
        });
    });
    group.finish();
}

fn fills(criterion: &mut Criterion) {
    let costs = Costs::default();
    criterion.bench_function("fill by quote amount, booked", |bencher| {
        let mut book = book_with(1);
        book.cash = dec!(100000000000);
        let mut seq = 10;
        bencher.iter(|| {
            let fill = costs
                .market(Side::Buy, Size::Quote(dec!(12.34)), price(dec!(0.07)))
                .expect("fill");
            let entry = entries::fill(Uuid::nil(), &asset(0), &fill, Hold::nothing(Side::Buy)).expect("entry");
            seq += 1;
            if let Some(holding) = book.holdings.get_mut("asset-0") {
                holding.lots.clear();
            }
            black_box(book.apply(seq, &entry).expect("booked"))
        });
    });
}

fn matching(criterion: &mut Criterion) {
    let mut matcher = Matcher::new(Costs::default());
    for number in 0..100_000_u32 {
        let is_buy = number % 2 == 0;
        let distance = Decimal::from(number % 5_000 + 1) / dec!(100);
        let limit = if is_buy {
            dec!(1000) - distance
        } else {
            dec!(1000) + distance
        };
        matcher.insert(RestingOrder {
            id: OrderId::new(),
            portfolio: PortfolioId::new(),
            asset: asset(0),
            side: if is_buy { Side::Buy } else { Side::Sell },
            quantity: dec!(1),
            terms: Terms::Limit(price(limit)),
            is_triggered: false,
            best: None,
            expires_at: None,
            after_seq: 0,
            since: Timestamp::default(),
            is_strict: false,
            is_unjudged: false,
            sibling: None,
        });
    }
    let tick = Tick {
        asset: asset(0),
        seq: 1,
        event_at: Timestamp::default(),
        received_at: Timestamp::default(),
        price: price(dec!(1000)),
        quantity: None,
        range: None,
        source: Source::Kraken,
        is_late: false,
    };
    criterion.bench_function("tick over 100,000 resting orders, none fires", |bencher| {
        bencher.iter(|| matcher.step(black_box(&tick)).len())
    });
}

fn rebuild(criterion: &mut Criterion) {
    let portfolio = PortfolioId::from(Uuid::from_u128(1));
    let costs = Costs::default();
    let mut stored = Vec::new();
    let (mut previous, at) = (GENESIS, Timestamp::default());
    for seq in 1..=10_000_i64 {
        let entry = match seq {
            1 => entries::deposit(Uuid::nil(), dec!(100000000)).expect("entry"),
            _ => {
                let side = if seq % 2 == 0 { Side::Buy } else { Side::Sell };
                let fill = costs
                    .market(side, Size::Quantity(dec!(1.5)), price(dec!(12.34)))
                    .expect("fill");
                entries::fill(Uuid::nil(), &asset(0), &fill, Hold::nothing(side)).expect("entry")
            }
        };
        let hash = chain_hash(
            &Place {
                portfolio,
                seq,
                at,
                previous,
            },
            &entry,
        );
        let (kind, postings) = (entry.kind().as_str().to_owned(), Some(entry.postings().to_vec()));
        let reference = entry.reference();
        stored.push(StoredEntry {
            portfolio,
            seq,
            kind,
            reference,
            postings,
            at,
            previous: previous.to_vec(),
            hash: hash.to_vec(),
        });
        previous = hash;
    }
    let mut group = criterion.benchmark_group("rebuild");
    group.sample_size(20).throughput(Throughput::Elements(10_000));
    group.bench_function("10,000 entries, chain and sums checked", |bencher| {
        bencher.iter(|| {
            let mut auditor = Auditor::default();
            for entry in &stored {
                auditor.take(entry).expect("sound");
            }
            auditor.seq
        });
    });
    group.finish();
}

criterion_group!(core, values, fills, matching, rebuild);
criterion_main!(core);
