// Call the server; a refusal becomes an error with a hint.

export function apiClient(key) {
  return {
    get: (place) => responseOf(fetch(`/api/${place}`)),
    post: (place, body = {}) => responseOf(fetch(`/api/${place}`, { method: "POST", headers: { "Content-Type": "application/json", "X-Surveygen": key }, body: JSON.stringify(body) })),
  };
}

async function responseOf(request) {
  const response = await request;
  const text = await response.text();
  if (response.ok) return JSON.parse(text);
  const { message, hint = "" } = errorOf(text);
  throw Object.assign(new Error(message), { status: response.status, hint });
}

function errorOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    return { message: text };
  }
}
