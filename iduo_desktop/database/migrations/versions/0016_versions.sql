SET LOCAL ROLE iduo_owner;

INSERT INTO iduo.setting (name, part, position, kind, value, shipped, minimum, maximum, meaning)
VALUES ('recommended_client', 'Seguridad', 16, 'text', '"0.1.0"', '"0.1.0"', 5, 14,
        'Versión del programa que deberían tener todos: a las más viejas les avisa que hay una nueva, y siguen andando');
RESET ROLE;
