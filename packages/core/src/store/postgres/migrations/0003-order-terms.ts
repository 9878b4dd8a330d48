/**
 * Orders get a purpose, a time in force, and the prices of stops and amends; and the database itself refuses to move an order
 * backwards: the pairs are all that `TRANSITIONS` of orders/transitions.ts leads to, in one step or several (a commit may hold
 * more than one). A test compares the two.
 */
export const orderTerms = `
ALTER TABLE orders
  ADD COLUMN purpose text CONSTRAINT orders_purpose_check
    CHECK (purpose IN ('entry', 'exit', 'stop_loss', 'take_profit', 'trailing_stop', 'flatten')),
  ADD COLUMN time_in_force text CONSTRAINT orders_time_in_force_check
    CHECK (time_in_force IN ('ioc', 'gtc', 'fok', 'post_only')),
  ADD COLUMN trigger_price numeric,
  ADD COLUMN working_price numeric,
  DROP CONSTRAINT orders_type_check,
  ADD CONSTRAINT orders_type_check CHECK (type IN ('market', 'limit', 'stop'));
UPDATE orders SET
  purpose = CASE effect WHEN 'open' THEN 'entry' ELSE 'exit' END,
  time_in_force = CASE type WHEN 'market' THEN 'ioc' ELSE 'gtc' END;
ALTER TABLE orders ALTER COLUMN purpose SET NOT NULL, ALTER COLUMN time_in_force SET NOT NULL;

CREATE FUNCTION refuse_order_step() RETURNS trigger LANGUAGE plpgsql AS $refuse$
BEGIN
  RAISE EXCEPTION 'order % cannot go from % to %', OLD.client_order_id, OLD.status, NEW.status
    USING ERRCODE = 'check_violation', CONSTRAINT = 'orders_step_check';
END
$refuse$;
CREATE TRIGGER orders_step_check BEFORE UPDATE OF status ON orders FOR EACH ROW
  WHEN (OLD.status <> NEW.status AND NOT (
    (OLD.status = 'PENDING') OR
    (OLD.status = 'SUBMITTED' AND NEW.status <> 'PENDING') OR
    (OLD.status = 'NEW' AND NEW.status IN ('PARTIALLY_FILLED', 'FILLED', 'CANCELED', 'EXPIRED', 'REJECTED')) OR
    (OLD.status = 'PARTIALLY_FILLED' AND NEW.status IN ('FILLED', 'CANCELED', 'EXPIRED'))
  ))
  EXECUTE FUNCTION refuse_order_step();
`;
