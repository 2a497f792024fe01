import { expect, test } from "vitest";
import { type Endpoint, endpointOf } from "./endpoint.ts";

const SECRETS = ["user42", "pass%20w0rd-99", "/v3/0123456789abcdef", "?token=qwertyuiop"];
const ADDRESS = `https://${SECRETS[0]}:${SECRETS[1]}@node.example:8443${SECRETS[2]}${SECRETS[3]}`;

const read = (text: string) => endpointOf(text) as Endpoint;

test("no eight characters of a key are shown", () => {
  const { host, hide } = read(ADDRESS);
  expect(host).toBe("node.example:8443");
  const shown = hide(
    `no project 0123456789abcdef, 789abcdef, pass w0rd-99 or pass%20w0rd-99, qwertyuio, at ${ADDRESS}, block 12`,
  );
  for (const secret of [...SECRETS, "pass w0rd-99"]) {
    for (let at = 0; at + 8 <= secret.length; at++) {
      expect(shown).not.toContain(secret.slice(at, at + 8));
    }
  }
  expect(shown).toMatch(/^no project …, …, … or …, …, at https:.*node\.example:8443….*block 12$/);
});

test("a name and password go into a header, since fetch refuses them in an address", () => {
  const { address, authorization } = read(ADDRESS);
  expect(address).toBe("https://node.example:8443/v3/0123456789abcdef?token=qwertyuiop");
  expect(authorization).toBe(`Basic ${btoa("user42:pass w0rd-99")}`);
  expect(read("https://node.example/").authorization).toBeNull();
});

test("only https, and http on this machine, can be asked", () => {
  for (const good of ["http://localhost:8545", "http://127.0.0.1:1/x", " https://node.example "]) {
    expect(typeof endpointOf(good)).toBe("object");
  }
  const wrong = ["", "localhost:8545", "ftp://host/secretkey", "http://node.example/secretkey"];
  for (const text of [...wrong, "javascript:secretkey", "https://", "data:,secretkey"]) {
    expect(endpointOf(text)).toMatch(/^(This is not an address|A page can ask)/);
    expect(endpointOf(text)).not.toContain("secretkey");
  }
});
