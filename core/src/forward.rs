//! What all references to a slot's element have in common: they are used as the element itself.

/// Lets a reference with the methods `held` and `held_mut` be used as its element.
macro_rules! forward_to_element {
    ([$($lifetime:lifetime)?] $name:ident) => {
        impl<$($lifetime,)? T, R: crate::recycling::Recycle<T>> core::ops::Deref for $name<$($lifetime,)? T, R> {
            type Target = T;

            #[inline]
            fn deref(&self) -> &T {
                self.held().element()
            }
        }

        impl<$($lifetime,)? T, R: crate::recycling::Recycle<T>> core::ops::DerefMut for $name<$($lifetime,)? T, R> {
            #[inline]
            fn deref_mut(&mut self) -> &mut T {
                self.held_mut().element_mut()
            }
        }

        impl<$($lifetime,)? T: core::fmt::Debug, R: crate::recycling::Recycle<T>> core::fmt::Debug
            for $name<$($lifetime,)? T, R>
        {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                core::fmt::Debug::fmt(&**self, f)
            }
        }

        impl<$($lifetime,)? T: core::fmt::Display, R: crate::recycling::Recycle<T>> core::fmt::Display
            for $name<$($lifetime,)? T, R>
        {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                core::fmt::Display::fmt(&**self, f)
            }
        }

        impl<$($lifetime,)? T: core::fmt::Write, R: crate::recycling::Recycle<T>> core::fmt::Write
            for $name<$($lifetime,)? T, R>
        {
            fn write_str(&mut self, text: &str) -> core::fmt::Result {
                (**self).write_str(text)
            }

            fn write_char(&mut self, c: char) -> core::fmt::Result {
                (**self).write_char(c)
            }

            fn write_fmt(&mut self, arguments: core::fmt::Arguments<'_>) -> core::fmt::Result {
                (**self).write_fmt(arguments)
            }
        }

        #[cfg(feature = "std")]
        impl<$($lifetime,)? T: std::io::Write, R: crate::recycling::Recycle<T>> std::io::Write
            for $name<$($lifetime,)? T, R>
        {
            fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
                (**self).write(bytes)
            }

            fn write_vectored(&mut self, bytes: &[std::io::IoSlice<'_>]) -> std::io::Result<usize> {
                (**self).write_vectored(bytes)
            }

            fn flush(&mut self) -> std::io::Result<()> {
                (**self).flush()
            }
        }
    };
}

pub(crate) use forward_to_element;
