DROP TABLE market_data.repairs;
