// What a client does, one step after the other: what it gives back, or throws, is
// said in one line of JSON each.

/** The addresses of a source, and what else the test tells. */
export const at = JSON.parse(process.argv[2]);

/** Takes a step and gives what came of it, nothing when it failed. */
export async function step(name, what) {
  const line = { step: name };
  try {
    line.got = await what();
    return line.got;
  } catch (e) {
    const { message, code, status, data } = e;
    line.error = { name: e.name, message, code, status, data };
    return undefined;
  } finally {
    console.log(JSON.stringify(line));
  }
}
