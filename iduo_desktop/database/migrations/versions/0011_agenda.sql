SET LOCAL ROLE iduo_owner;

-- what came in once stays as it was; late_key makes the table anew
ALTER TABLE iduo.call DROP CONSTRAINT call_outcome_word_check;
ALTER TABLE iduo.call ADD CONSTRAINT call_outcome_word_check CHECK (outcome IN ('message', 'answer', 'insisted', 'assistant', 'informed', 'hung_up', 'silent', 'wrong_number', 'test', 'attended'));
ALTER TABLE iduo.call
    ADD case_id BIGINT,
    ADD contact_id BIGINT,
    ADD assignee TEXT,
    ADD remind INTEGER,
    ADD rings_at TIMESTAMP WITH TIME ZONE CONSTRAINT call_rings_at_range_check CHECK (rings_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    ADD safe_reason TEXT DEFAULT '' NOT NULL CONSTRAINT call_safe_reason_length_check CHECK (length(safe_reason) <= 500),
    ADD finished_at TIMESTAMP WITH TIME ZONE CONSTRAINT call_finished_at_range_check CHECK (finished_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    ADD finished_by TEXT,
    ADD result TEXT DEFAULT '' NOT NULL CONSTRAINT call_result_length_check CHECK (length(result) <= 2000),
    ADD version INTEGER DEFAULT '1' NOT NULL,
    ADD late_key TIMESTAMP WITH TIME ZONE GENERATED ALWAYS AS (greatest(starts_at, rings_at)) STORED NOT NULL,
    ADD CONSTRAINT call_with_check CHECK (state <> 'planned' OR num_nonnulls(case_id, contact_id) > 0),
    ADD CONSTRAINT call_finished_by_check CHECK ((finished_at IS NULL) = (finished_by IS NULL)),
    ADD CONSTRAINT call_finished_at_check CHECK (state <> 'planned' OR finished_at IS NULL AND ended_at IS NULL),
    ADD CONSTRAINT call_remind_range_check CHECK (remind BETWEEN 0 AND 40320),
    ADD CONSTRAINT call_case_id_fkey FOREIGN KEY(case_id) REFERENCES iduo.case (id),
    ADD CONSTRAINT call_contact_id_fkey FOREIGN KEY(contact_id) REFERENCES iduo.contact (id),
    ADD CONSTRAINT call_assignee_fkey FOREIGN KEY(assignee) REFERENCES iduo.staff (login),
    ADD CONSTRAINT call_finished_by_fkey FOREIGN KEY(finished_by) REFERENCES iduo.staff (login);
CREATE INDEX call_agenda_index ON iduo.call (assignee, starts_at, id) WHERE state = 'planned';
CREATE INDEX call_anybody_index ON iduo.call (rings_at, id) WHERE state = 'planned' AND assignee IS NULL;
CREATE INDEX call_case_index ON iduo.call (case_id) WHERE case_id IS NOT NULL;
CREATE INDEX call_contact_index ON iduo.call (contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX call_due_index ON iduo.call (starts_at, id) WHERE state = 'planned';
CREATE INDEX call_late_index ON iduo.call (late_key, id) WHERE state = 'planned';
CREATE INDEX call_ring_index ON iduo.call (assignee, rings_at, id) WHERE state = 'planned';

CREATE TABLE iduo.call_contact (
    call_id BIGINT NOT NULL,
    contact_id BIGINT NOT NULL,
    CONSTRAINT call_contact_pkey PRIMARY KEY (call_id, contact_id),
    CONSTRAINT call_contact_call_id_fkey FOREIGN KEY(call_id) REFERENCES iduo.call (id),
    CONSTRAINT call_contact_contact_id_fkey FOREIGN KEY(contact_id) REFERENCES iduo.contact (id)
);
CREATE INDEX call_contact_contact_index ON iduo.call_contact (contact_id);

CREATE TABLE iduo.task (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    title TEXT NOT NULL CONSTRAINT task_title_length_check CHECK (length(title) <= 200),
    due_at TIMESTAMP WITH TIME ZONE NOT NULL CONSTRAINT task_due_at_range_check CHECK (due_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    state TEXT DEFAULT 'open' NOT NULL CONSTRAINT task_state_word_check CHECK (state IN ('open', 'done', 'cancelled')),
    case_id BIGINT,
    contact_id BIGINT,
    assignee TEXT,
    remind INTEGER,
    rings_at TIMESTAMP WITH TIME ZONE CONSTRAINT task_rings_at_range_check CHECK (rings_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    note TEXT DEFAULT '' NOT NULL CONSTRAINT task_note_length_check CHECK (length(note) <= 2000),
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    by TEXT NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE CONSTRAINT task_finished_at_range_check CHECK (finished_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    finished_by TEXT,
    result TEXT DEFAULT '' NOT NULL CONSTRAINT task_result_length_check CHECK (length(result) <= 2000),
    version INTEGER DEFAULT '1' NOT NULL,
    key UUID NOT NULL,
    payload_hash BYTEA NOT NULL,
    late_key TIMESTAMP WITH TIME ZONE GENERATED ALWAYS AS (greatest(due_at, rings_at)) STORED NOT NULL,
    CONSTRAINT task_pkey PRIMARY KEY (id),
    CONSTRAINT task_finished_at_check CHECK ((state = 'open') = (finished_at IS NULL)),
    CONSTRAINT task_finished_by_check CHECK ((finished_at IS NULL) = (finished_by IS NULL)),
    CONSTRAINT task_remind_range_check CHECK (remind BETWEEN 0 AND 40320),
    CONSTRAINT task_payload_hash_length_check CHECK (octet_length(payload_hash) = 32),
    CONSTRAINT task_case_id_fkey FOREIGN KEY(case_id) REFERENCES iduo.case (id),
    CONSTRAINT task_contact_id_fkey FOREIGN KEY(contact_id) REFERENCES iduo.contact (id),
    CONSTRAINT task_assignee_fkey FOREIGN KEY(assignee) REFERENCES iduo.staff (login),
    CONSTRAINT task_by_fkey FOREIGN KEY(by) REFERENCES iduo.staff (login),
    CONSTRAINT task_finished_by_fkey FOREIGN KEY(finished_by) REFERENCES iduo.staff (login),
    CONSTRAINT task_key_key UNIQUE (key)
);
CREATE INDEX task_agenda_index ON iduo.task (assignee, due_at, id) WHERE state = 'open';
CREATE INDEX task_anybody_index ON iduo.task (rings_at, id) WHERE state = 'open' AND assignee IS NULL;
CREATE INDEX task_case_index ON iduo.task (case_id) WHERE case_id IS NOT NULL;
CREATE INDEX task_contact_index ON iduo.task (contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX task_due_index ON iduo.task (due_at, id) WHERE state = 'open';
CREATE INDEX task_late_index ON iduo.task (late_key, id) WHERE state = 'open';
CREATE INDEX task_ring_index ON iduo.task (assignee, rings_at, id) WHERE state = 'open';

CREATE TABLE iduo.agenda_event (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    kind TEXT NOT NULL CONSTRAINT agenda_event_kind_word_check CHECK (kind IN ('moved', 'postponed', 'finished', 'undone')),
    call_id BIGINT,
    task_id BIGINT,
    case_id BIGINT,
    before TIMESTAMP WITH TIME ZONE CONSTRAINT agenda_event_before_range_check CHECK (before BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    after TIMESTAMP WITH TIME ZONE CONSTRAINT agenda_event_after_range_check CHECK (after BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    rings_before TIMESTAMP WITH TIME ZONE CONSTRAINT agenda_event_rings_before_range_check CHECK (rings_before BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    contacted_before TIMESTAMP WITH TIME ZONE CONSTRAINT agenda_event_contacted_before_range_check CHECK (contacted_before BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    reason TEXT DEFAULT '' NOT NULL CONSTRAINT agenda_event_reason_length_check CHECK (length(reason) <= 500),
    version_after INTEGER NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    by TEXT NOT NULL,
    key UUID NOT NULL,
    payload_hash BYTEA NOT NULL,
    undone_at TIMESTAMP WITH TIME ZONE CONSTRAINT agenda_event_undone_at_range_check CHECK (undone_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    CONSTRAINT agenda_event_pkey PRIMARY KEY (id),
    CONSTRAINT agenda_event_item_check CHECK (num_nonnulls(call_id, task_id, case_id) = 1),
    CONSTRAINT agenda_event_payload_hash_length_check CHECK (octet_length(payload_hash) = 32),
    CONSTRAINT agenda_event_call_id_fkey FOREIGN KEY(call_id) REFERENCES iduo.call (id),
    CONSTRAINT agenda_event_task_id_fkey FOREIGN KEY(task_id) REFERENCES iduo.task (id),
    CONSTRAINT agenda_event_case_id_fkey FOREIGN KEY(case_id) REFERENCES iduo.case (id),
    CONSTRAINT agenda_event_by_fkey FOREIGN KEY(by) REFERENCES iduo.staff (login),
    CONSTRAINT agenda_event_key_key UNIQUE (key)
);
CREATE INDEX agenda_event_call_index ON iduo.agenda_event (call_id, id) WHERE call_id IS NOT NULL;
CREATE INDEX agenda_event_case_index ON iduo.agenda_event (case_id, id) WHERE case_id IS NOT NULL;
CREATE INDEX agenda_event_task_index ON iduo.agenda_event (task_id, id) WHERE task_id IS NOT NULL;

CREATE TABLE iduo.callback_rest (
    case_id BIGINT NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL CONSTRAINT callback_rest_due_at_range_check CHECK (due_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    until TIMESTAMP WITH TIME ZONE NOT NULL CONSTRAINT callback_rest_until_range_check CHECK (until BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    by TEXT NOT NULL,
    CONSTRAINT callback_rest_pkey PRIMARY KEY (case_id),
    CONSTRAINT callback_rest_case_id_fkey FOREIGN KEY(case_id) REFERENCES iduo.case (id),
    CONSTRAINT callback_rest_by_fkey FOREIGN KEY(by) REFERENCES iduo.staff (login)
);

CREATE TABLE iduo.attention (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    contact_id BIGINT,
    case_id BIGINT,
    made JSONB NOT NULL CONSTRAINT attention_made_length_check CHECK (octet_length(made::text) <= 2000),
    before JSONB NOT NULL CONSTRAINT attention_before_length_check CHECK (octet_length(before::text) <= 8000),
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    by TEXT NOT NULL,
    key UUID NOT NULL,
    payload_hash BYTEA NOT NULL,
    undone_at TIMESTAMP WITH TIME ZONE CONSTRAINT attention_undone_at_range_check CHECK (undone_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    CONSTRAINT attention_pkey PRIMARY KEY (id),
    CONSTRAINT attention_payload_hash_length_check CHECK (octet_length(payload_hash) = 32),
    CONSTRAINT attention_made_check CHECK (undone_at IS NOT NULL OR num_nonnulls(contact_id, case_id) = 2),
    CONSTRAINT attention_contact_id_fkey FOREIGN KEY(contact_id) REFERENCES iduo.contact (id),
    CONSTRAINT attention_case_id_fkey FOREIGN KEY(case_id) REFERENCES iduo.case (id),
    CONSTRAINT attention_by_fkey FOREIGN KEY(by) REFERENCES iduo.staff (login),
    CONSTRAINT attention_key_key UNIQUE (key)
);
CREATE INDEX attention_by_index ON iduo.attention (by, id);
CREATE INDEX attention_case_index ON iduo.attention (case_id);
CREATE INDEX attention_contact_index ON iduo.attention (contact_id);

CREATE TABLE iduo.route (
    id INTEGER GENERATED ALWAYS AS IDENTITY,
    label TEXT NOT NULL CONSTRAINT route_label_length_check CHECK (length(label) <= 80),
    position SMALLINT NOT NULL,
    active BOOLEAN DEFAULT true NOT NULL,
    CONSTRAINT route_pkey PRIMARY KEY (id),
    CONSTRAINT route_label_key UNIQUE (label)
);

CREATE TABLE iduo.route_activation (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    route_id INTEGER NOT NULL,
    case_id BIGINT NOT NULL,
    contact_id BIGINT,
    note TEXT DEFAULT '' NOT NULL CONSTRAINT route_activation_note_length_check CHECK (length(note) <= 2000),
    activated_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    activated_by TEXT NOT NULL,
    acknowledged_at TIMESTAMP WITH TIME ZONE CONSTRAINT route_activation_acknowledged_at_range_check CHECK (acknowledged_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    acknowledged_by TEXT,
    remark TEXT DEFAULT '' NOT NULL CONSTRAINT route_activation_remark_length_check CHECK (length(remark) <= 2000),
    CONSTRAINT route_activation_pkey PRIMARY KEY (id),
    CONSTRAINT route_activation_acknowledged_by_check CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL)),
    CONSTRAINT route_activation_route_id_fkey FOREIGN KEY(route_id) REFERENCES iduo.route (id),
    CONSTRAINT route_activation_case_id_fkey FOREIGN KEY(case_id) REFERENCES iduo.case (id),
    CONSTRAINT route_activation_contact_id_fkey FOREIGN KEY(contact_id) REFERENCES iduo.contact (id),
    CONSTRAINT route_activation_activated_by_fkey FOREIGN KEY(activated_by) REFERENCES iduo.staff (login),
    CONSTRAINT route_activation_acknowledged_by_fkey FOREIGN KEY(acknowledged_by) REFERENCES iduo.staff (login)
);
CREATE INDEX route_activation_by_index ON iduo.route_activation (activated_by, id);
CREATE INDEX route_activation_case_index ON iduo.route_activation (case_id);
CREATE INDEX route_activation_contact_index ON iduo.route_activation (contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX route_activation_open_index ON iduo.route_activation (activated_at, id) WHERE acknowledged_at IS NULL;

CREATE INDEX attempt_by_index ON iduo.attempt (by, at);
CREATE INDEX case_agenda_index ON iduo.case (next_action_at, id) WHERE state = 'open' AND next_action_at IS NOT NULL AND assigned_to IS NOT NULL;
CREATE INDEX case_opened_index ON iduo.case (opened_by, id) WHERE state = 'open' AND contact_id IS NOT NULL;

-- forced row security would keep rows from the owner
RESET ROLE;
INSERT INTO iduo.route (label, position) VALUES ('Salud', 1), ('Legal', 2), ('Refugio', 3), ('Emergencia', 4);

INSERT INTO iduo.setting (name, part, position, kind, value, shipped, minimum, maximum, choices, meaning)
SELECT name, part, 200 + row_number() OVER (), kind, value::jsonb, value::jsonb, minimum, maximum, coalesce(choices, '{}'), meaning FROM (VALUES
    ('route_minutes', 'Línea de ayuda', 'number', '5', 1, 240, NULL::text[], 'Una ruta que ningún coordinador recibió vuelve a avisar a todos, y también a los administradores, después de estos minutos'),
    ('follow_up_direction', 'Línea de ayuda', 'choice', '"outbound"', NULL, NULL, ARRAY['outbound', 'inbound'], 'Quién llama en un seguimiento, si no se dice otra cosa'),
    ('follow_up_remind', 'Línea de ayuda', 'number', '10', 0, 1440, NULL, 'Cuántos minutos antes avisa un seguimiento, si no se dice otra cosa'),
    ('overdue_minutes', 'Agenda', 'number', '15', 1, 1440, NULL, 'Lo que alguien tenía agendado y no atendió pasa a quien esté después de estos minutos')
) AS s(name, part, kind, value, minimum, maximum, choices, meaning);

INSERT INTO iduo.transition (entity, before, after) VALUES
    ('call', 'held', 'planned'), ('call', 'not_held', 'planned'), ('task', 'open', 'done'), ('task', 'open', 'cancelled'),
    ('task', 'done', 'open'), ('task', 'cancelled', 'open');
