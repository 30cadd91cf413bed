SET LOCAL ROLE iduo_audit;

CREATE TABLE audit.seal (
    id BIGINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    low BIGINT NOT NULL,
    upto BIGINT NOT NULL,
    last BIGINT NOT NULL,
    until_xid xid8 NOT NULL,
    ids BIGINT[] NOT NULL,
    digests BYTEA NOT NULL,
    rules BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    CONSTRAINT seal_pkey PRIMARY KEY (id),
    CONSTRAINT seal_ids_length_check CHECK (cardinality(ids) <= 1000),
    CONSTRAINT seal_digests_length_check CHECK (octet_length(digests) <= 96000),
    CONSTRAINT seal_digests_of_ids_check CHECK (octet_length(digests) = 96 * cardinality(ids)),
    CONSTRAINT seal_rules_length_check CHECK (octet_length(rules) = 32),
    CONSTRAINT seal_hash_length_check CHECK (octet_length(hash) = 32)
);
CREATE INDEX seal_last_index ON audit.seal (last);

RESET ROLE;
SET LOCAL ROLE iduo_owner;

CREATE TABLE iduo.guard_event (
    hour TIMESTAMP WITH TIME ZONE NOT NULL CONSTRAINT guard_event_hour_range_check CHECK (hour BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    kind TEXT NOT NULL CONSTRAINT guard_event_kind_word_check CHECK (kind IN ('query', 'idle_transaction', 'disabled', 'returned', 'escalated')),
    login TEXT DEFAULT '' NOT NULL CONSTRAINT guard_event_login_length_check CHECK (length(login) <= 63),
    count INTEGER NOT NULL,
    last_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT guard_event_pkey PRIMARY KEY (hour, kind, login)
);
ALTER TABLE iduo.route_activation ADD COLUMN escalated_at TIMESTAMP WITH TIME ZONE
    CONSTRAINT route_activation_escalated_at_range_check CHECK (escalated_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC');

-- it signs what it gives back to the lists
INSERT INTO iduo.staff (login, full_name, must_change_password, service) VALUES ('iduo_guard', 'Vigilancia', false, true);
RESET ROLE;
