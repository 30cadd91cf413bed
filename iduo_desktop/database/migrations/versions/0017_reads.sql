SET LOCAL ROLE iduo_owner;

CREATE TABLE iduo.read_excess (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    login TEXT NOT NULL,
    hour TIMESTAMP WITH TIME ZONE NOT NULL CONSTRAINT read_excess_hour_range_check CHECK (hour BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    rows INTEGER NOT NULL,
    allowed INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT read_excess_pkey PRIMARY KEY (id),
    CONSTRAINT read_excess_login_hour_key UNIQUE (login, hour),
    CONSTRAINT read_excess_login_fkey FOREIGN KEY(login) REFERENCES iduo.staff (login)
);
CREATE INDEX read_excess_hour_index ON iduo.read_excess (hour);

INSERT INTO iduo.setting (name, part, position, kind, value, shipped, minimum, maximum, meaning)
VALUES ('rows_per_hour', 'Seguridad', 61, 'number', '30000', '30000', 2000, 500000,
        'Cuántas filas de listas, búsquedas y fichas puede leer una persona por hora (coordinadores y administradores, el doble): quien llega al máximo '
        'espera a la hora siguiente, y los coordinadores se enteran');
RESET ROLE;
