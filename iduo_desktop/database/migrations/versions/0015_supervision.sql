SET LOCAL ROLE iduo_owner;

CREATE TABLE iduo.pause_reason (
    id INTEGER GENERATED ALWAYS AS IDENTITY,
    label TEXT NOT NULL CONSTRAINT pause_reason_label_length_check CHECK (length(label) <= 40),
    minutes SMALLINT,
    position SMALLINT NOT NULL,
    active BOOLEAN DEFAULT true NOT NULL,
    CONSTRAINT pause_reason_pkey PRIMARY KEY (id),
    CONSTRAINT pause_reason_minutes_range_check CHECK (minutes BETWEEN 1 AND 480),
    CONSTRAINT pause_reason_label_key UNIQUE (label)
);
CREATE TABLE iduo.attendance (
    login TEXT NOT NULL,
    day DATE NOT NULL CONSTRAINT attendance_day_range_check CHECK (day BETWEEN '1900-01-01' AND '2999-12-31'),
    since TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT attendance_pkey PRIMARY KEY (login, day),
    CONSTRAINT attendance_login_fkey FOREIGN KEY(login) REFERENCES iduo.staff (login)
);
CREATE TABLE iduo.pause (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    login TEXT NOT NULL,
    reason_id INTEGER NOT NULL,
    label TEXT NOT NULL CONSTRAINT pause_label_length_check CHECK (length(label) <= 40),
    minutes SMALLINT,
    started_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE CONSTRAINT pause_ended_at_range_check CHECK (ended_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    ended_by TEXT,
    end_reason TEXT DEFAULT '' NOT NULL CONSTRAINT pause_end_reason_length_check CHECK (length(end_reason) <= 500),
    away_since TIMESTAMP WITH TIME ZONE CONSTRAINT pause_away_since_range_check CHECK (away_since BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    CONSTRAINT pause_pkey PRIMARY KEY (id),
    CONSTRAINT pause_minutes_range_check CHECK (minutes BETWEEN 1 AND 480),
    CONSTRAINT pause_order_check CHECK (ended_at >= started_at),
    CONSTRAINT pause_login_fkey FOREIGN KEY(login) REFERENCES iduo.staff (login),
    CONSTRAINT pause_reason_id_fkey FOREIGN KEY(reason_id) REFERENCES iduo.pause_reason (id),
    CONSTRAINT pause_ended_by_fkey FOREIGN KEY(ended_by) REFERENCES iduo.staff (login)
);
CREATE INDEX pause_login_index ON iduo.pause (login, started_at);
CREATE UNIQUE INDEX pause_open_index ON iduo.pause (login) WHERE ended_at IS NULL;
CREATE INDEX pause_started_index ON iduo.pause (started_at, id);
CREATE TABLE iduo.reassignment (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    from_login TEXT,
    to_login TEXT,
    reason TEXT DEFAULT '' NOT NULL CONSTRAINT reassignment_reason_length_check CHECK (length(reason) <= 500),
    moved INTEGER NOT NULL,
    stayed INTEGER NOT NULL,
    told TEXT DEFAULT '' NOT NULL CONSTRAINT reassignment_told_length_check CHECK (length(told) <= 2000),
    events JSONB NOT NULL CONSTRAINT reassignment_events_length_check CHECK (octet_length(events::text) <= 64000),
    items JSONB NOT NULL CONSTRAINT reassignment_items_length_check CHECK (octet_length(items::text) <= 64000),
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    by TEXT NOT NULL,
    key UUID NOT NULL,
    payload_hash BYTEA NOT NULL,
    undone_at TIMESTAMP WITH TIME ZONE CONSTRAINT reassignment_undone_at_range_check CHECK (undone_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    undone_told TEXT DEFAULT '' NOT NULL CONSTRAINT reassignment_undone_told_length_check CHECK (length(undone_told) <= 2000),
    CONSTRAINT reassignment_pkey PRIMARY KEY (id),
    CONSTRAINT reassignment_payload_hash_length_check CHECK (octet_length(payload_hash) = 32),
    CONSTRAINT reassignment_from_login_fkey FOREIGN KEY(from_login) REFERENCES iduo.staff (login),
    CONSTRAINT reassignment_to_login_fkey FOREIGN KEY(to_login) REFERENCES iduo.staff (login),
    CONSTRAINT reassignment_by_fkey FOREIGN KEY(by) REFERENCES iduo.staff (login),
    CONSTRAINT reassignment_key_key UNIQUE (key)
);
CREATE INDEX case_party_index ON iduo."case" (list, company_id, contact_id) WHERE state = 'open';
CREATE INDEX call_held_index ON iduo.call (starts_at) INCLUDE (by) WHERE state = 'held';
CREATE INDEX attempt_at_index ON iduo.attempt (at) INCLUDE (company_id, contact_id, channel, direction, by, disposition_id, promotion_id) WHERE undone_at IS NULL AND counted;
CREATE INDEX attempt_override_index ON iduo.attempt (at, by) WHERE override_reason <> '' AND undone_at IS NULL;
CREATE INDEX promise_at_index ON iduo.promise (at);
DROP INDEX iduo.ticket_at_index;
CREATE INDEX ticket_at_index ON iduo.ticket (at) INCLUDE (channel, created_by);

INSERT INTO iduo.pause_reason (label, minutes, position) VALUES
    ('Almuerzo', 60, 1), ('Descanso', 15, 2), ('Baño', 10, 3), ('Capacitación', NULL, 4), ('Reunión', NULL, 5);
INSERT INTO iduo.setting (name, part, position, kind, value, shipped, minimum, maximum, meaning)
SELECT name, 'Supervisión', row_number() OVER (), 'number', value::jsonb, value::jsonb, minimum, maximum, meaning FROM (VALUES
    ('idle_minutes', '20', 1, 480, 'Quien está conectado y no registra nada durante estos minutos aparece sin actividad en el tablero'),
    ('orphan_days', '7', 1, 365, 'Un caso asignado, sin próxima acción y sin contactos durante estos días, aparece como sin seguimiento'),
    ('pause_hours', '4', 1, 24, 'Quien está en pausa más de estas horas cuenta como ausente')
) AS s(name, value, minimum, maximum, meaning);
-- nobody is absent because nobody kept who was in before
INSERT INTO iduo.attendance (login, day)
    SELECT s.login, (clock_timestamp() AT TIME ZONE 'America/Argentina/Buenos_Aires')::date FROM iduo.staff s WHERE s.active AND NOT s.service;
RESET ROLE;
