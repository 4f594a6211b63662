/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "config.h"

#include "sockarch/net/sa-socket-link-private.h"

#include "sockarch/sa-i18n-private.h"

/* Takes @refusal, if there is a reason why no file can be made of @socket.  */
SaSocketLink *
sa_socket_link_new (SaSocket *socket,
                    GError *refusal)
{
  SaSocketLink *self = g_new0 (SaSocketLink, 1);

  self->ref_count = 1;
  self->error = refusal;
  if (refusal == NULL && !sa_socket_claim_file (socket, self))
    self->error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_BUSY,
                                       _("The socket has a socket file already: close that one, or use it"));
  if (self->error == NULL)
    self->socket = g_object_ref (socket);

  return self;
}

gpointer
sa_socket_link_ref (gpointer data)
{
  SaSocketLink *self = data;

  g_atomic_int_inc (&self->ref_count);

  return self;
}

void
sa_socket_link_unref (gpointer data)
{
  SaSocketLink *self = data;

  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;

  sa_socket_link_close (self);
  g_clear_object (&self->socket);
  g_clear_error (&self->error);
  g_free (self->write);
  g_free (self);
}

gboolean
sa_socket_link_is_open (const SaSocketLink *self)
{
  return self->socket != NULL && !self->is_closed && sa_socket_has_file (self->socket, self);
}

gboolean
sa_socket_link_check_usable (const SaSocketLink *self,
                             GError **error)
{
  if (self->error == NULL)
    return TRUE;

  if (error != NULL)
    *error = g_error_copy (self->error);

  return FALSE;
}

gboolean
sa_socket_link_check (const SaSocketLink *self,
                      GError **error)
{
  if (!sa_socket_link_check_usable (self, error))
    return FALSE;

  if (sa_socket_link_is_open (self))
    return TRUE;

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED,
                       self->is_closed ? _("The socket file is closed")
                                       : _("The socket has left the connection that its file was made for: "
                                           "make another file"));

  return FALSE;
}

/* The socket is free for another file.  */
void
sa_socket_link_close (SaSocketLink *self)
{
  if (self->socket != NULL && !self->is_closed)
    sa_socket_release_file (self->socket, self);
  self->is_closed = TRUE;
}
