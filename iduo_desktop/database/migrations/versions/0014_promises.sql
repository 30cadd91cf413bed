SET LOCAL ROLE iduo_owner;

ALTER TABLE iduo.promise
    ADD debt_before NUMERIC(14, 2) CONSTRAINT promise_debt_before_range_check CHECK (debt_before BETWEEN -999999999999.99 AND 999999999999.99),
    ADD paid NUMERIC(14, 2) CONSTRAINT promise_paid_range_check CHECK (paid BETWEEN -999999999999.99 AND 999999999999.99),
    ADD settled_at TIMESTAMP WITH TIME ZONE CONSTRAINT promise_settled_at_range_check CHECK (settled_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    ADD settled_by TEXT,
    ADD CONSTRAINT promise_settled_by_fkey FOREIGN KEY(settled_by) REFERENCES iduo.staff (login);
CREATE INDEX promise_due_index ON iduo.promise (due_date, state);
UPDATE iduo.promise p SET debt_before = c.debt FROM iduo.case c WHERE c.id = p.case_id AND p.state = 'pending';

ALTER TABLE iduo.extension DROP CONSTRAINT extension_company_id_until_date_key;
ALTER TABLE iduo.extension
    ADD case_id BIGINT,
    ADD event_id BIGINT,
    ADD state TEXT DEFAULT 'granted' NOT NULL CONSTRAINT extension_state_word_check CHECK (state IN ('asked', 'granted', 'refused', 'withdrawn')),
    ADD previous_date DATE CONSTRAINT extension_previous_date_range_check CHECK (previous_date BETWEEN '1900-01-01' AND '2999-12-31'),
    ADD decided_by TEXT,
    ADD decided_at TIMESTAMP WITH TIME ZONE CONSTRAINT extension_decided_at_range_check CHECK (decided_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    ADD decision TEXT DEFAULT '' NOT NULL CONSTRAINT extension_decision_length_check CHECK (length(decision) <= 500),
    ADD decision_event_id BIGINT,
    ADD CONSTRAINT extension_case_id_fkey FOREIGN KEY(case_id) REFERENCES iduo.case (id),
    ADD CONSTRAINT extension_event_id_fkey FOREIGN KEY(event_id) REFERENCES iduo.case_event (id),
    ADD CONSTRAINT extension_decision_event_id_fkey FOREIGN KEY(decision_event_id) REFERENCES iduo.case_event (id),
    ADD CONSTRAINT extension_decided_by_fkey FOREIGN KEY(decided_by) REFERENCES iduo.staff (login);
CREATE INDEX extension_company_index ON iduo.extension (company_id, id);
CREATE UNIQUE INDEX extension_granted_index ON iduo.extension (company_id, until_date) WHERE state = 'granted';
CREATE UNIQUE INDEX extension_asked_index ON iduo.extension (company_id) WHERE state = 'asked';
CREATE INDEX extension_waiting_index ON iduo.extension (at, id) WHERE state = 'asked';
CREATE INDEX extension_event_index ON iduo.extension (event_id) WHERE event_id IS NOT NULL;
CREATE INDEX extension_decision_index ON iduo.extension (decision_event_id) WHERE decision_event_id IS NOT NULL;

ALTER TABLE iduo.case_event DROP CONSTRAINT case_event_kind_word_check,
    ADD CONSTRAINT case_event_kind_word_check CHECK (kind IN ('created', 'imported', 'taken', 'taken_over', 'released', 'returned', 'moved',
        'attempt', 'closed', 'reopened', 'handed_over', 'survey', 'rated', 'promise', 'extended'));

INSERT INTO iduo.setting (name, part, position, kind, value, shipped, minimum, maximum, meaning)
SELECT name, 'Casos', 60 + row_number() OVER (), kind, value::jsonb, value::jsonb, minimum, maximum, meaning FROM (VALUES
    ('promise_grace_days', 'number', '2', 0, 30, 'Cuántos días después de la fecha prometida puede verse el pago antes de darla por incumplida'),
    ('extension_most_days', 'number', '15', 1, 365, 'Hasta cuántos días desde hoy puede ir una prórroga'),
    ('extension_most_a_year', 'number', '3', 1, 100, 'Cuántas prórrogas puede tener un cliente en un año'),
    ('extension_approval', 'yes_no', 'false', NULL, NULL, 'Una prórroga que pide un operador espera a que un coordinador la apruebe')
) AS s(name, kind, value, minimum, maximum, meaning);
INSERT INTO iduo.transition (entity, before, after) VALUES
    ('extension', 'asked', 'granted'), ('extension', 'asked', 'refused'), ('extension', 'asked', 'withdrawn'),
    ('extension', 'granted', 'withdrawn'), ('extension', 'granted', 'asked'), ('extension', 'refused', 'asked');

-- lists show and sort by the day on which the service is really cut
UPDATE iduo.case c SET cutoff_date = c.extended_until WHERE c.extended_until > c.cutoff_date;
RESET ROLE;
