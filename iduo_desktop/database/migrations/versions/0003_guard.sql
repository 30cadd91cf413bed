SET LOCAL ROLE iduo_owner;

CREATE TABLE iduo.heartbeat (
	service TEXT NOT NULL CONSTRAINT heartbeat_service_word_check CHECK (service IN ('guard')),
	pid INTEGER NOT NULL,
	started_at TIMESTAMP WITH TIME ZONE NOT NULL CONSTRAINT heartbeat_started_at_range_check CHECK (started_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
	beat_at TIMESTAMP WITH TIME ZONE NOT NULL CONSTRAINT heartbeat_beat_at_range_check CHECK (beat_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
	pruned_xid xid8,
	CONSTRAINT heartbeat_pkey PRIMARY KEY (service)
);

CREATE TABLE iduo.erasure (
	id BIGINT GENERATED ALWAYS AS IDENTITY,
	kind TEXT NOT NULL CONSTRAINT erasure_kind_word_check CHECK (kind IN ('person', 'retention')),
	by TEXT NOT NULL CONSTRAINT erasure_by_length_check CHECK (length(by) <= 63),
	at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
	rows INTEGER NOT NULL,
	entries INTEGER NOT NULL,
	upto BIGINT,
	CONSTRAINT erasure_pkey PRIMARY KEY (id)
);

ALTER TABLE iduo.company ADD COLUMN erased_at TIMESTAMP WITH TIME ZONE
    CONSTRAINT company_erased_at_range_check CHECK (erased_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC');

ALTER TABLE iduo.receipt DROP CONSTRAINT receipt_what_word_check;
ALTER TABLE iduo.receipt ADD CONSTRAINT receipt_what_word_check CHECK (what IN ('audit', 'person', 'erase'));
RESET ROLE;
