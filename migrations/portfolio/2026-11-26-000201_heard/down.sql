DROP TABLE portfolio.heard;
