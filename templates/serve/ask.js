// Ask the server; a refusal is an error with what to do.

export function asker(key) {
  return {
    get: (place) => answerOf(fetch(`/api/${place}`)),
    post: (place, body = {}) => answerOf(fetch(`/api/${place}`, { method: "POST", headers: { "Content-Type": "application/json", "X-Surveygen": key }, body: JSON.stringify(body) })),
  };
}

async function answerOf(asked) {
  const answer = await asked;
  const text = await answer.text();
  if (answer.ok) return JSON.parse(text);
  const told = toldBy(text);
  throw Object.assign(new Error(told.message), { status: answer.status, hint: told.hint ?? "" });
}

function toldBy(text) {
  try {
    return JSON.parse(text);
  } catch {
    return { message: text };
  }
}
